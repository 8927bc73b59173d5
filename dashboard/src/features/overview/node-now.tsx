import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MetricReply } from '@vastrox/shared/metric.ts'
import type { Node } from '@vastrox/shared/node.ts'
import { metricsQuery } from '#features/metrics/queries.ts'
import { nodesQuery } from '#features/node/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { decimal } from '#lib/decimal.ts'
import { statsOf } from '#lib/plot-data.ts'
import { t, tn } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Meter } from '#ui/meter.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Sparkline } from '#ui/sparkline.tsx'
import { Badge } from '#ui/state.tsx'

const HOUR = { key: '1h' } as const
const ASKED = { metrics: ['cpuBusy', 'memory'], points: 60 }

/** The machine at this moment, with the hour before. */
export function NodeNow() {
  const { data: nodes, error, refetch } = useQuery(nodesQuery)
  if (error && !nodes) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!nodes) return <Skeleton className="h-64 rounded-lg" />
  return nodes.map((node) => <NodeCard key={node.name} node={node} />)
}

function NodeCard({ node }: { node: Node }) {
  const { data: hour } = useQuery(metricsQuery(`/nodes/${node.name}`, HOUR, ASKED))
  const memoryUsed = node.memoryBytes - node.memoryAvailableBytes
  const diskUsed = node.diskBytes - node.diskAvailableBytes
  const cpu = lastOf(hour, 'cpuBusy')
  return (
    <Card
      title={t('The node')}
      aside={
        <Badge tone={node.reachable ? 'good' : 'bad'} dot>
          {node.reachable ? t('Reachable') : t('Unreachable')}
        </Badge>
      }
      footer={
        <>
          <Link to="/node/metrics" className="hover:text-ink">
            {t('Charts')}
          </Link>
          <Link to="/disk" className="hover:text-ink">
            {t('What takes the disk')}
          </Link>
        </>
      }
    >
      <div className="space-y-5">
        <Line
          label="CPU"
          share={cpu === null ? node.loadAverage / node.cpus : cpu / 100}
          text={tn(node.cpus, 'load {load}, 1 core', 'load {load}, {count} cores', {
            load: decimal(node.loadAverage, 2, 2),
          })}
          values={valuesOf(hour, 'cpuBusy')}
        />
        <Line
          label={t('Memory')}
          share={memoryUsed / node.memoryBytes}
          text={t('{memoryUsed} of {memoryBytes}', {
            memoryUsed: sayBytes(memoryUsed),
            memoryBytes: sayBytes(node.memoryBytes),
          })}
          values={valuesOf(hour, 'memory')}
        />
        <Line
          label={t('Disk')}
          share={diskUsed / node.diskBytes}
          text={t('{diskAvailableBytes} free of {diskBytes}', {
            diskAvailableBytes: sayBytes(node.diskAvailableBytes),
            diskBytes: sayBytes(node.diskBytes),
          })}
        />
      </div>
    </Card>
  )
}

interface LineProps {
  label: string
  share: number
  text: string
  values?: readonly (number | null)[]
}

const Line = ({ label, share, text, values }: LineProps) => (
  <div>
    <div className="flex items-end justify-between gap-3">
      <p>
        <span className="block text-sm text-muted">{label}</span>
        <span className="tabular text-lg font-semibold">
          {Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–'}
        </span>
      </p>
      {values && values.length > 0 && (
        <span className="w-28 shrink-0">
          <Sparkline values={values} tone="busy" />
        </span>
      )}
    </div>
    <div className="mt-1.5">
      <Meter share={share} />
    </div>
    <p className="tabular mt-1.5 text-sm text-muted">{text}</p>
  </div>
)

const seriesOf = (reply: MetricReply | undefined, metric: string) =>
  reply?.series.find((each) => each.metric === metric && each.of === '') ??
  reply?.series.find((each) => each.metric === metric)

const valuesOf = (reply: MetricReply | undefined, metric: string) =>
  seriesOf(reply, metric)?.values ?? []

function lastOf(reply: MetricReply | undefined, metric: string): number | null {
  const series = seriesOf(reply, metric)
  return series ? statsOf(series).now : null
}
