import { t } from '#lib/words.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const RANGES = [
  { key: '1h', label: t('1 h'), ms: HOUR_MS, everyMs: 15_000 },
  { key: '6h', label: t('6 h'), ms: 6 * HOUR_MS, everyMs: 30_000 },
  { key: '24h', label: t('24 h'), ms: DAY_MS, everyMs: MINUTE_MS },
  { key: '7d', label: t('7 d'), ms: 7 * DAY_MS, everyMs: 5 * MINUTE_MS },
  { key: '90d', label: t('90 d'), ms: 90 * DAY_MS, everyMs: 15 * MINUTE_MS },
] as const
export type RangeKey = (typeof RANGES)[number]['key']

/** In the address of a page: a range that goes on with time, or a part of the past. */
export interface RangeSearch {
  range?: RangeKey
  from?: string
  to?: string
}

export type Span = { key: RangeKey } | { from: string; to: string }

const MOST_BACK_MS = 91 * DAY_MS
const LEAST_MS = MINUTE_MS

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))

/** What of an address is understood; anything else is left out. */
export function rangeSearch(search: Record<string, unknown>): RangeSearch {
  const { range, from, to } = search
  if (isTime(from) && isTime(to) && Date.parse(from) < Date.parse(to)) return { from, to }
  const known = RANGES.find(({ key }) => key === range)
  return known ? { range: known.key } : {}
}

export const spanOf = ({ range = '1h', from, to }: RangeSearch): Span =>
  from !== undefined && to !== undefined ? { from, to } : { key: range }

export const rangeOf = (key: RangeKey) => RANGES.find((each) => each.key === key) ?? RANGES[0]

/** From when to when, at this moment. */
export function windowOf(span: Span, now: Date): { from: string; to: string } {
  if ('from' in span) return span
  const { ms } = rangeOf(span.key)
  return { from: new Date(now.getTime() - ms).toISOString(), to: now.toISOString() }
}

/** What was dragged over, in whole seconds and never too little to see anything. */
export function zoomed(fromSeconds: number, toSeconds: number, now: Date): RangeSearch {
  const middle = ((fromSeconds + toSeconds) / 2) * 1_000
  const half = Math.max(LEAST_MS, (toSeconds - fromSeconds) * 1_000) / 2
  const from = Math.max(now.getTime() - MOST_BACK_MS, Math.floor((middle - half) / 1_000) * 1_000)
  const to = Math.min(now.getTime(), Math.ceil((middle + half) / 1_000) * 1_000)
  return from < to
    ? { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    : { range: '1h' }
}
