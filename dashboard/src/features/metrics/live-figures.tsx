import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MetricReply } from '@vastrox/shared/metric.ts'
import type { ReactNode } from 'react'
import { metricsQuery } from '#features/metrics/queries.ts'
import { statsOf } from '#lib/plot-data.ts'
import { sayValue } from '#lib/say-value.ts'
import { t } from '#lib/words.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { Sparkline } from '#ui/sparkline.tsx'
import type { Tone } from '#ui/tone.ts'

const HOUR = { key: '1h' } as const
const EDGE = { metrics: ['requests', 'errorRate', 'p95'], points: 60 }
const TAKEN = { metrics: ['cpu', 'memory', 'memoryLimit'], points: 60 }

/** How an app is at this moment, with the hour before; each figure leads to its charts. */
export function LiveFigures({ app }: { app: string }) {
  const edge = useQuery(metricsQuery(`/apps/${app}`, HOUR, EDGE))
  const taken = useQuery(metricsQuery(`/apps/${app}`, HOUR, TAKEN))
  // The page says enough without them.
  if (edge.error && taken.error) return null
  const limit = lastOf(taken.data, 'memoryLimit')
  const errors = lastOf(edge.data, 'errorRate') ?? 0
  return (
    <Link
      to="/apps/$name/metrics"
      params={{ name: app }}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line hover:border-line-strong sm:grid-cols-3 lg:grid-cols-5"
    >
      <span className="sr-only">{t('Metrics of the last hour:')}</span>
      <Cell label={t('Requests')} reply={edge.data} metric="requests" tone="good" />
      <Cell
        label={t('Went wrong')}
        reply={edge.data}
        metric="errorRate"
        tone={errors >= 1 ? 'bad' : 'idle'}
      />
      <Cell label={t('p95')} reply={edge.data} metric="p95" tone="warn" />
      <Cell label="CPU" reply={taken.data} metric="cpu" tone="busy" />
      <Cell
        label={t('Memory')}
        reply={taken.data}
        metric="memory"
        tone="busy"
        note={
          limit === null || limit === 0
            ? undefined
            : t('of {limit}', { limit: sayValue('bytes', limit) })
        }
        wide
      />
    </Link>
  )
}

const find = (reply: MetricReply | undefined, metric: string) =>
  reply?.series.find((each) => each.metric === metric)

function lastOf(reply: MetricReply | undefined, metric: string): number | null {
  const series = find(reply, metric)
  return series ? statsOf(series).now : null
}

interface CellProps {
  label: string
  reply: MetricReply | undefined
  metric: string
  tone: Tone
  note?: ReactNode
  /** The fifth of two columns. */
  wide?: boolean
}

function Cell({ label, reply, metric, tone, note, wide = false }: CellProps) {
  const series = find(reply, metric)
  return (
    <span
      className={
        wide ? 'col-span-2 min-w-0 bg-surface p-3 lg:col-span-1' : 'min-w-0 bg-surface p-3'
      }
    >
      <span className="block text-sm text-muted">{label}</span>
      {reply ? (
        <>
          <span className="tabular flex items-baseline gap-1.5">
            <span className="text-lg font-semibold">
              {series ? sayValue(series.unit, statsOf(series).now) : '–'}
            </span>
            <span className="truncate text-sm text-muted">{note}</span>
          </span>
          <Sparkline values={series?.values ?? []} tone={tone} />
        </>
      ) : (
        <Skeleton className="mt-1 h-12" />
      )}
    </span>
  )
}
