import type { LogFrame } from '#agent/containers/log-frames.ts'

/** More than the engine was seen to give once more (some 2,000 lines at 50,000 a second). */
const REMEMBERED = 8_192
const FIRST_SIZE = 64
const STAMP_BYTES = 31
const ZERO = 48

/**
 * Tells lines that the engine gives a second time: whoever follows a log that is begun anew (every 10 MB)
 * gets the last lines before that again, with the times that they had. A stream's lines have rising times,
 * so an older time that was there already is such a line; an older one that was not is a clock set back.
 */
export function createRepeatFinder() {
  const streams = { stdout: createStream(), stderr: createStream() }
  return ({ stream, payload }: LogFrame): boolean => {
    const at = nanosOf(payload)
    return at !== undefined && streams[stream].isRepeat(at)
  }
}

function createStream() {
  let times = new Float64Array(FIRST_SIZE)
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  let wasRepeat = false

  function remember(at: number): void {
    if (count === times.length && count < REMEMBERED) {
      const more = new Float64Array(count * 2)
      more.set(times)
      times = more
    }
    times[count % times.length] = at
    count += 1
  }

  return {
    isRepeat(at: number): boolean {
      // The pieces of a long line share one time; they are as new as the first of them is.
      if (at === last) return wasRepeat
      if (at < last) {
        wasRepeat = times.includes(at)
        if (!wasRepeat) last = at
        return wasRepeat
      }
      wasRepeat = false
      last = at
      remember(at)
      return false
    },
  }
}

/** Of `2026-11-22T17:00:00.000000000Z ` the nanoseconds within its month, which a number holds exactly. */
export function nanosOf(payload: Buffer): number | undefined {
  if (payload.length < STAMP_BYTES || payload[STAMP_BYTES - 1] !== 32) return undefined
  const pair = (at: number): number =>
    ((payload[at] ?? 0) - ZERO) * 10 + ((payload[at + 1] ?? 0) - ZERO)
  let nanos = 0
  for (let at = 20; at < 29; at++) nanos = nanos * 10 + ((payload[at] ?? 0) - ZERO)
  const seconds = ((pair(8) * 24 + pair(11)) * 60 + pair(14)) * 60 + pair(17)
  const all = seconds * 1e9 + nanos
  return Number.isSafeInteger(all) && all >= 0 ? all : undefined
}
