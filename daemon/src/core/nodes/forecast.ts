import type { DiskForecast } from '@vastrox/shared/ledger.ts'

/** Of one day: how much was used. */
export interface DaySample {
  /** `2026-11-26` */
  day: string
  bytes: number
}

const DAY_MS = 86_400_000
/** What was longer ago says little of what is going on. */
const DAYS_LOOKED_AT = 30
/** Below that a line through them is a guess. */
const LEAST_DAYS = 5
const LEAST_SPAN_DAYS = 4
const TOO_FAR_DAYS = 3_650

interface Now {
  at: Date
  availableBytes: number
  /** With less than this free no deployment is taken. */
  floorBytes: number
}

/**
 * When the disk is full if it goes on as of late. The line is the median of the slopes between all
 * pairs of days (Theil and Sen), so that a clean-up, or one day with a big upload, does not bend it.
 */
export function forecast(samples: readonly DaySample[], now: Now): DiskForecast {
  const recent = newest(samples)
  const days = recent.length
  const growth = growthOf(recent)
  if (growth === undefined) return { ...NOTHING, days, summary: sayUnknown(days) }
  const growthBytesPerDay = Math.round(growth)
  const daysToFull = growth > 0 ? now.availableBytes / growth : Number.POSITIVE_INFINITY
  if (daysToFull > TOO_FAR_DAYS)
    return {
      ...NOTHING,
      state: 'steady',
      growthBytesPerDay,
      days,
      summary: `Over the last ${days} days it has not filled.`,
    }
  const until = (bytes: number): string =>
    new Date(now.at.getTime() + (Math.max(0, bytes) / growth) * DAY_MS).toISOString()
  const fullAt = until(now.availableBytes)
  return {
    state: 'filling',
    growthBytesPerDay,
    lowAt: until(now.availableBytes - now.floorBytes),
    fullAt,
    days,
    summary: `If it goes on as over the last ${days} days, the disk is full ${sayIn(daysToFull)}, on ${fullAt.slice(0, 10)}.`,
  }
}

const NOTHING = { state: 'unknown' as const, growthBytesPerDay: null, lowAt: null, fullAt: null }

/** Bytes a day; undefined as long as there are too few days. */
export function growthOf(samples: readonly DaySample[]): number | undefined {
  const points = newest(samples).map(({ day, bytes }) => ({ at: Date.parse(day) / DAY_MS, bytes }))
  const first = points.at(0)
  const last = points.at(-1)
  if (!first || !last || points.length < LEAST_DAYS || last.at - first.at < LEAST_SPAN_DAYS)
    return undefined
  const slopes = points.flatMap((one, index) =>
    points.slice(index + 1).map((other) => (other.bytes - one.bytes) / (other.at - one.at)),
  )
  return median(slopes)
}

const newest = (samples: readonly DaySample[]): DaySample[] =>
  samples.toSorted((one, other) => one.day.localeCompare(other.day)).slice(-DAYS_LOOKED_AT)

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

const sayUnknown = (days: number): string =>
  `Not known yet: that takes ${LEAST_DAYS} days that were looked at, and there ${days === 1 ? 'is 1' : `are ${days}`}.`

function sayIn(days: number): string {
  if (days < 1) return 'within a day'
  if (days < 60) return `in ${Math.round(days)} ${Math.round(days) === 1 ? 'day' : 'days'}`
  return `in ${Math.round(days / 30.4)} months`
}
