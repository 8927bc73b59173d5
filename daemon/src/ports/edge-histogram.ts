/**
 * A histogram of times that can be added up over workers, minutes and releases: each bucket is 2.8 %
 * wider than the one before, from 20 µs to a quarter of an hour, so that what is read from it is at
 * most 1.4 % from the truth. Apart from the schemas: the proxy loads no zod.
 */
const ERROR = 0.014
const GROWTH = (1 + ERROR) / (1 - ERROR)
const LOWEST_MS = 0.02
const HIGHEST_MS = 15 * 60_000
const PER_LOG = 1 / Math.log(GROWTH)
const LOWEST_AT = Math.log(LOWEST_MS) * PER_LOG

export const TIME_BUCKETS = Math.ceil(Math.log(HIGHEST_MS) * PER_LOG - LOWEST_AT) + 1

/** A count for each bucket: what a worker counts in, with nothing allocated per request. */
export type TimeCounts = Uint32Array

/** Only buckets that hold anything, in order: bucket, count, bucket, count. How times travel and are kept. */
export type Times = readonly number[]

export const NO_TIMES: Times = []

export const timeCounts = (): TimeCounts => new Uint32Array(TIME_BUCKETS)

export function addTime(counts: TimeCounts, ms: number, count = 1): void {
  const at = ms <= LOWEST_MS ? 0 : Math.ceil(Math.log(ms) * PER_LOG - LOWEST_AT)
  const bucket = at < TIME_BUCKETS ? at : TIME_BUCKETS - 1
  counts[bucket] = (counts[bucket] ?? 0) + count
}

/** What was counted; the counts are zero again. */
export function takeTimes(counts: TimeCounts): number[] {
  const times: number[] = []
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] ?? 0
    if (count > 0) times.push(bucket, count)
  }
  counts.fill(0)
  return times
}

/** Both together. */
export function addTimes(one: Times, other: Times): number[] {
  const sum: number[] = []
  let at = 0
  let otherAt = 0
  while (at < one.length || otherAt < other.length) {
    const bucket = one[at] ?? Number.POSITIVE_INFINITY
    const otherBucket = other[otherAt] ?? Number.POSITIVE_INFINITY
    const lower = Math.min(bucket, otherBucket)
    let count = 0
    if (bucket === lower) {
      count += one[at + 1] ?? 0
      at += 2
    }
    if (otherBucket === lower) {
      count += other[otherAt + 1] ?? 0
      otherAt += 2
    }
    sum.push(lower, count)
  }
  return sum
}

/** How many they are. */
export function countOf(times: Times): number {
  let count = 0
  for (let at = 1; at < times.length; at += 2) count += times[at] ?? 0
  return count
}

/**
 * The time that this share of all (0.95: 95 of 100) stayed below, in milliseconds, within 1.5 %; null
 * of none.
 */
export function quantileOf(times: Times, share: number): number | null {
  const wanted = Math.max(1, Math.ceil(countOf(times) * share))
  let seen = 0
  for (let at = 0; at < times.length; at += 2) {
    seen += times[at + 1] ?? 0
    if (seen >= wanted) return timeOf(times[at] ?? 0)
  }
  return null
}

/** What a bucket stands for: as far from its lower bound as from the upper one, in parts of each. Four digits. */
export function timeOf(bucket: number): number {
  const upper = LOWEST_MS * GROWTH ** bucket
  return Number((upper * (1 - ERROR)).toPrecision(4))
}
