import type { Traffic, TrafficSums } from '@vastrox/shared/traffic.ts'
import type { ChartSeries } from '#lib/chart.ts'
import { decimal } from '#lib/decimal.ts'
import { language } from '#lib/language.ts'
import { t } from '#lib/words.ts'

type Point = Traffic['points'][number]

const MINUTE_MS = 60_000

/** The minutes that are looked at, each with its point; the one that runs now is the last. */
export function minutesOf({ points, minutes }: Traffic, now: Date): (Point | { at: string })[] {
  const last = Math.floor(now.getTime() / MINUTE_MS)
  const known = new Map(
    points.map((point) => [Math.floor(Date.parse(point.at) / MINUTE_MS), point]),
  )
  return Array.from({ length: minutes }, (_, index) => {
    const minute = last - minutes + 1 + index
    return known.get(minute) ?? { at: new Date(minute * MINUTE_MS).toISOString() }
  })
}

type Row = ReturnType<typeof minutesOf>[number]

const read = (rows: readonly Row[], valueOf: (point: Point) => number | null): (number | null)[] =>
  rows.map((row) => ('requests' in row ? valueOf(row) : 0))

/** Of a time nothing is known in a minute that nobody asked in: the line is broken there. */
const readTimes = (rows: readonly Row[], valueOf: (point: Point) => number | null) =>
  rows.map((row) => ('requests' in row ? valueOf(row) : null))

export const statusSeries = (rows: readonly Row[]): ChartSeries[] => [
  { name: '2xx', tone: 'good', values: read(rows, ({ ok }) => ok) },
  { name: '3xx', tone: 'idle', values: read(rows, ({ redirected }) => redirected) },
  { name: '4xx', tone: 'warn', values: read(rows, ({ clientErrors }) => clientErrors) },
  { name: '5xx', tone: 'bad', values: read(rows, ({ serverErrors }) => serverErrors) },
  { name: t('left'), tone: 'busy', values: read(rows, ({ gone }) => gone) },
]

export const timeSeries = (rows: readonly Row[]): ChartSeries[] => [
  { name: 'p50', tone: 'good', values: readTimes(rows, ({ p50Ms }) => p50Ms) },
  { name: 'p95', tone: 'warn', values: readTimes(rows, ({ p95Ms }) => p95Ms) },
  { name: 'p99', tone: 'bad', values: readTimes(rows, ({ p99Ms }) => p99Ms) },
]

export const byteSeries = (rows: readonly Row[]): ChartSeries[] => [
  { name: t('out'), tone: 'good', values: read(rows, ({ bytesOut }) => bytesOut) },
  { name: t('in'), tone: 'busy', values: read(rows, ({ bytesIn }) => bytesIn) },
]

export const socketSeries = (rows: readonly Row[]): ChartSeries[] => [
  { name: t('open'), tone: 'busy', values: read(rows, ({ webSocketsOpen }) => webSocketsOpen) },
]

/** Of a hundred requests so many went wrong; null of none. */
export const failedShare = ({ requests, serverErrors }: TrafficSums): number | null =>
  requests === 0 ? null : (100 * serverErrors) / requests

export const sayShare = (percent: number): string =>
  percent > 0 && percent < 0.1
    ? `< ${decimal(0.1, 1)} %`
    : `${decimal(percent, percent < 10 ? 1 : 0, percent > 0 && percent < 10 ? 1 : 0)} %`

const COUNT = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 })
export const sayCount = (count: number): string =>
  count < 10_000 ? count.toLocaleString(language) : COUNT.format(count)
export const sayMs = (ms: number | null): string =>
  ms === null
    ? '–'
    : ms < 10
      ? t('{count} ms', { count: decimal(ms, 1, 1) })
      : ms < 1_000
        ? t('{count} ms', { count: Math.round(ms) })
        : t('{count} s', { count: decimal(ms / 1_000, 1, 1) })
