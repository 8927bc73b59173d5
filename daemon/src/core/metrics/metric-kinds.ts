import type { SeriesName } from '@vastrox/shared/metric.ts'
import type { MetricKind } from '#store/metrics-columns.ts'

/** Histogram of an edge's times; percentiles are read from it. */
export const TIMES = 'times'
export const PERCENTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const
/** Who answers visitors at all: live workers of the proxy. */
export const PROXY = 'proxy'

const EDGE_RATES: ReadonlySet<string> = new Set([
  'requests',
  'ok',
  'redirected',
  'clientErrors',
  'serverErrors',
  'gone',
  'bytesIn',
  'bytesOut',
])
const COUNTS: ReadonlySet<string> = new Set(['oomKills', 'restarts'])

export function kindOf(subject: string, metric: string): MetricKind {
  if (COUNTS.has(metric)) return 'count'
  if (!subject.startsWith('edge:')) return 'gauge'
  if (metric === TIMES) return 'histogram'
  return EDGE_RATES.has(metric) ? 'rate' : 'gauge'
}

/** `app:a1/web.1/cpu` → `app:a1/web.1` and `cpu`. */
export function partsOf(series: SeriesName): { subject: string; metric: string } {
  const at = series.lastIndexOf('/')
  return { subject: series.slice(0, Math.max(0, at)), metric: series.slice(at + 1) }
}
