import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { MetricReply } from '@vastrox/shared/metric.ts'
import { rangeOf, type Span, windowOf } from '#features/metrics/ranges.ts'
import { api } from '#lib/api.ts'

/** Of whom, as a path of the API: `/apps/shop`. */
export type MetricsOf =
  | `/apps/${string}`
  | `/nodes/${string}`
  | `/addons/${string}`
  | '/platform'
  | `/uptime-checks/${string}`

interface Asked {
  metrics: readonly string[]
  by?: 'app' | 'instance' | 'release' | 'route'
  points?: number
}

/** More would not be seen on a phone, and not told apart elsewhere. */
const POINTS = 360

/** Charts that go on by themselves while they show a time up to now. */
export const metricsQuery = (of: MetricsOf, span: Span, { metrics, by, points = POINTS }: Asked) =>
  queryOptions({
    queryKey: [
      'metrics',
      of,
      'key' in span ? span.key : `${span.from} ${span.to}`,
      metrics.join(),
      by ?? '',
      String(points),
    ],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        ...windowOf(span, new Date()),
        points: String(points),
        metrics: metrics.join(),
        ...(by && { by }),
      })
      return api.get(`${of}/metrics?${query.toString()}`, MetricReply, { signal })
    },
    refetchInterval: 'key' in span ? rangeOf(span.key).everyMs : false,
    // The charts of before stay until those that were asked for are there.
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  })
