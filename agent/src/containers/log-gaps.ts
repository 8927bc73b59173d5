import { nanosOf } from '#agent/containers/log-repeats.ts'

/** So far behind what is printed may be overwritten before it is read. */
const BEHIND_MS = 1_000
/** Of lines that come by the thousand, so long without one is worth a look. */
const GAP_NANOS = 100e6
const SECOND_NANOS = 1e9
const BUSY_LINES = 2_000

/**
 * Where a follower lags so far behind a program that prints much that the engine begins its files anew meanwhile, it
 * is led on to a later one and says nothing. Tells that a line may be the first behind such a hole; whether it is, is
 * told by asking for the one before it once more.
 */
export function createGapFinder(now: () => number = Date.now) {
  let last: number | undefined
  let second = 0
  let lines = 0
  let before = 0

  /** Whether the program prints much, by the times of its lines. */
  const isBusy = (): boolean => Math.max(lines, before) > BUSY_LINES

  function isGap(payload: Buffer): boolean {
    const at = nanosOf(payload)
    if (at === undefined) return false
    const gap = last === undefined ? 0 : at - last
    const wasBusy = isBusy()
    if (at - second > SECOND_NANOS || at < second) {
      before = lines
      lines = 0
      second = at
    }
    lines += 1
    last = at
    return wasBusy && gap > GAP_NANOS && now() - printedAtMs(payload) > BEHIND_MS
  }

  return { isGap, isBusy }
}

/** The engine's time of it, as text. */
export const printedAt = (payload: Buffer): string => payload.toString('latin1', 0, 30)

const printedAtMs = (payload: Buffer): number => Date.parse(printedAt(payload))
