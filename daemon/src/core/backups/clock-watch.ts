import type { Clock } from '#ports/clock.ts'

/** Somebody has set the clock, or the machine slept: what is old can no longer be told by it. */
const MOST_DRIFT_MS = 3_600_000
/** So long nothing is removed then. */
const WAIT_MS = 86_400_000

/** Compares the clock that people set with one that nobody can. */
export function createClockWatch(clock: Clock) {
  let base = { wall: clock.now().getTime(), elapsed: clock.elapsedMs() }
  let movedAt: number | undefined

  return {
    /** True from the time that a jump is seen until a day after it. */
    hasMoved(): boolean {
      const wall = clock.now().getTime()
      const elapsed = clock.elapsedMs()
      const drift = wall - base.wall - (elapsed - base.elapsed)
      if (Math.abs(drift) > MOST_DRIFT_MS) movedAt = elapsed
      base = { wall, elapsed }
      return movedAt !== undefined && elapsed - movedAt < WAIT_MS
    },
  }
}
export type ClockWatch = ReturnType<typeof createClockWatch>
