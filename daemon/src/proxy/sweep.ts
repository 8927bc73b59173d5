import { setTimeout as sleep } from 'node:timers/promises'
import type { Swept } from './plane.ts'

/**
 * Thousands that are over at once (a flood of slow clients) must not hold up everybody else: the loop takes
 * one new connection a turn, and longer turns let them wait until the kernel drops some. A visitor needs a
 * few turns, and what each end brings with it (its FIN, its close) comes in the turns after: between two
 * slices there is time for all of that.
 */
const SLICE_MS = 1
const PAUSE_MS = 5
/** Of the time by which the next slice is late: a busy loop must not put off the end of a flood. */
const SHARE = 1 / 2
const MOST_SLICE_MS = 10
const LOOKED_AT = 8

/** Looks at each in turn, and lets others have theirs after a millisecond of it. */
export function createSweep(swept: Iterable<Swept>) {
  let underWay = false

  return async (now: number): Promise<void> => {
    if (underWay) return
    underWay = true
    let since = performance.now()
    let sliceMs = SLICE_MS
    let count = 0
    try {
      for (const each of swept) {
        each.sweep(now)
        count += 1
        if (count % LOOKED_AT !== 0 || performance.now() - since < sliceMs) continue
        const left = performance.now()
        await sleep(PAUSE_MS)
        since = performance.now()
        const lateMs = since - left - PAUSE_MS
        sliceMs = Math.min(MOST_SLICE_MS, Math.max(SLICE_MS, lateMs * SHARE))
      }
    } finally {
      underWay = false
    }
  }
}
