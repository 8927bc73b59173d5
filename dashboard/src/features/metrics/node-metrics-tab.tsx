import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { ChartGrid } from '#features/metrics/chart-grid.tsx'
import { metricsOf } from '#features/metrics/chart-lines.ts'
import { DEVICE_CHARTS, MACHINE_CHARTS, PLATFORM_CHARTS } from '#features/metrics/node-charts.ts'
import { MarksList } from '#features/metrics/marks-list.tsx'
import { metricsQuery } from '#features/metrics/queries.ts'
import { RangeBar } from '#features/metrics/range-bar.tsx'
import { Section } from '#features/metrics/metrics-tab.tsx'
import { nodesQuery } from '#features/node/queries.ts'
import { useSpan } from '#features/metrics/use-span.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'

const NODE = [...new Set([...metricsOf(MACHINE_CHARTS), ...metricsOf(DEVICE_CHARTS)])]
const PLATFORM = metricsOf(PLATFORM_CHARTS)

export const load: Load = ({ read }) => read(nodesQuery)

/** The machine and Vastrox itself, over time. */
export function NodeMetricsTab() {
  const { data: nodes } = useSuspenseQuery(nodesQuery)
  useTitle(t('Metrics · Node'))
  return nodes.map(({ name }) => <NodeMetrics key={name} node={name} />)
}

function NodeMetrics({ node }: { node: string }) {
  const { span, set, zoom, zoomOut } = useSpan()
  const machine = useQuery(metricsQuery(`/nodes/${node}`, span, { metrics: NODE }))
  const platform = useQuery(metricsQuery('/platform', span, { metrics: PLATFORM }))
  const shared = { group: `node ${node}`, onZoom: zoom, onZoomOut: zoomOut }
  return (
    <div className="space-y-6">
      <RangeBar span={span} onChange={set} />
      <Section title={t('Machine')} error={machine.error} onRetry={() => void machine.refetch()}>
        <div className="space-y-4">
          <ChartGrid
            specs={MACHINE_CHARTS}
            reply={machine.data}
            isOld={machine.isPlaceholderData}
            {...shared}
          />
          {machine.data && (
            <ChartGrid
              specs={DEVICE_CHARTS}
              reply={machine.data}
              isApart
              isOld={machine.isPlaceholderData}
              {...shared}
            />
          )}
        </div>
      </Section>
      <Section
        title={t('Vastrox itself')}
        error={platform.error}
        onRetry={() => void platform.refetch()}
      >
        <ChartGrid
          specs={PLATFORM_CHARTS}
          reply={platform.data}
          isApart
          isOld={platform.isPlaceholderData}
          {...shared}
        />
      </Section>
      <MarksList marks={machine.data?.marks ?? []} />
    </div>
  )
}
