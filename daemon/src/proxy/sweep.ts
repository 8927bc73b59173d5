import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Swept } from './plane.ts'

/**
 * Thousands that are over at once (a flood of slow clients) must not hold up everybody else: the loop takes
 * one new connection a turn, and longer turns let them wait until the kernel drops some.
 */
const SLICE_MS = 1
/** Of the time that others took for their turn: a busy loop must not put off the end of a flood. */
const SHARE = 1 / 2
const MOST_SLICE_MS = 10
const LOOKED_AT = 8

/** Looks at each in turn, and lets others have theirs after a millisecond. */
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
        await nextTurn()
        since = performance.now()
        sliceMs = Math.min(MOST_SLICE_MS, Math.max(SLICE_MS, (since - left) * SHARE))
      }
    } finally {
      underWay = false
    }
  }
}
