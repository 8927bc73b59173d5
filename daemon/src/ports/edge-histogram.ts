/**
 * A histogram of times that can be added up over workers, minutes and releases: 52 buckets, each a
 * third of an octave wide, from half a millisecond to a minute. What is read from it is at most 13 %
 * from the truth. Apart from the schemas: the proxy loads no zod.
 */
const BUCKETS = 52
const LOWEST_MS = 0.5
const A_DOUBLING = 3

export const noTimes = (): number[] => Array.from({ length: BUCKETS }, () => 0)

export function addTime(times: number[], ms: number): void {
  const at = ms <= LOWEST_MS ? 0 : Math.ceil(Math.log2(ms / LOWEST_MS) * A_DOUBLING)
  const bucket = Math.min(at, BUCKETS - 1)
  times[bucket] = (times[bucket] ?? 0) + 1
}

/** Adds `more` to `times`. */
export function addTimes(times: number[], more: readonly number[]): void {
  for (const [at, count] of more.entries()) times[at] = (times[at] ?? 0) + count
}

/** The time that this share of all (0.95: 95 of 100) stayed below, in milliseconds; null of none. */
export function quantileOf(times: readonly number[], share: number): number | null {
  const total = times.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  const at = times.findIndex((count) => {
    seen += count
    return seen >= total * share
  })
  // The middle of the bucket, as its bounds grow by the same factor.
  const middle = LOWEST_MS * 2 ** ((Math.max(0, at) - 0.5) / A_DOUBLING)
  return Math.round(middle * 10) / 10
}
