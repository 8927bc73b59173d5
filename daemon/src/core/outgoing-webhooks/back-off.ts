const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Between tries: soon at first, then further and further apart, a day in all. */
export const PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  6 * HOUR_MS,
  7 * HOUR_MS,
]
/** Of each pause, more or less: many deliveries that failed together do not come back together. */
const JITTER = 0.1
/** Asked for longer, the other side would decide when we give up. */
const MAX_ASKED_MS = HOUR_MS

/** How long to wait after so many tries; undefined once there have been enough. */
export function pauseAfter(
  attempts: number,
  {
    retryAfterMs = 0,
    random,
    pausesMs = PAUSES_MS,
  }: {
    retryAfterMs?: number | undefined
    random: () => number
    pausesMs?: readonly number[]
  },
): number | undefined {
  const pause = pausesMs[attempts - 1]
  if (pause === undefined) return undefined
  const own = pause * (1 - JITTER + random() * 2 * JITTER)
  return Math.round(Math.max(own, Math.min(retryAfterMs, MAX_ASKED_MS)))
}
