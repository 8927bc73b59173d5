import { Transform } from 'node:stream'
import { progressPackets, takePacket } from '#lib/pkt-line.ts'

/** What git says shortly, and what a person can do about it. */
const EXPLANATIONS: readonly (readonly [RegExp, string])[] = [
  [
    /No space left on device|Disk quota exceeded/,
    'The disk of the server is full. Free some space; `vastrox doctor` shows what takes it.',
  ],
  [
    /pack exceeds maximum allowed size/,
    'The push is too large. Keep build results, data and media out of the repository and its history.',
  ],
  [
    /shallow update not allowed/,
    'This is a shallow clone: its history is cut off. Run `git fetch --unshallow`, then push again.',
  ],
]

/** Passes the answer to a push on, packet by packet, and explains what git says before it goes by. */
export function explainReport(): Transform {
  let waiting: Buffer = Buffer.alloc(0)
  const left = new Set(EXPLANATIONS)

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      waiting = Buffer.concat([waiting, chunk])
      let at = 0
      try {
        for (let taken = takePacket(waiting, at); taken; taken = takePacket(waiting, at)) {
          const bytes = waiting.subarray(at, taken.used)
          const text = bytes.toString('latin1')
          for (const explanation of left) {
            if (!explanation[0].test(text)) continue
            left.delete(explanation)
            this.push(progressPackets(` !     ${explanation[1]}\n`))
          }
          this.push(bytes)
          at = taken.used
        }
        waiting = waiting.subarray(at)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error('git gave something else than packets'))
      }
    },
    flush(done) {
      done(null, waiting)
    },
  })
}
