import type { LogLine } from '@vastrox/shared/log.ts'
import type { DrainLine } from '#ports/log-drain-end.ts'

/** What a line takes besides its text: the object, the time, the names. */
const LINE_BYTES = 200
/** Gone ones are let go of together, so that taking from the front costs next to nothing. */
const MOST_GONE = 2_048

const bytesOf = (line: LogLine): number => line.text.length * 2 + LINE_BYTES

/** Lines that wait to be sent, no more than fit: then the oldest go, and are counted. */
export function createDrainBuffer(mostBytes: () => number) {
  let lines: (DrainLine | undefined)[] = []
  let head = 0
  let bytes = 0
  let dropped = 0

  function shift(): DrainLine | undefined {
    const first = lines[head]
    if (first === undefined) return undefined
    lines[head] = undefined
    head += 1
    bytes -= bytesOf(first.line)
    if (head === lines.length) {
      lines = []
      head = 0
    } else if (head > MOST_GONE && head * 2 > lines.length) {
      lines = lines.slice(head)
      head = 0
    }
    return first
  }

  return {
    /** Never waits. Gives how many had to go for it. */
    push(line: DrainLine): number {
      lines.push(line)
      bytes += bytesOf(line.line)
      let gone = 0
      while (bytes > mostBytes() && lines.length - head > 1) {
        shift()
        gone += 1
      }
      dropped += gone
      return gone
    },

    /** The oldest ones, so many at most. */
    take(mostLines: number, mostTextBytes: number): DrainLine[] {
      const taken: DrainLine[] = []
      let size = 0
      while (taken.length < mostLines) {
        const next = lines[head]
        if (
          next === undefined ||
          (taken.length > 0 && size + next.line.text.length > mostTextBytes)
        )
          break
        size += next.line.text.length
        shift()
        taken.push(next)
      }
      return taken
    },

    size: (): number => lines.length - head,

    /** How many have gone since this was asked last. */
    takeDropped(): number {
      const count = dropped
      dropped = 0
      return count
    },
  }
}
