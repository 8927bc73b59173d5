import { useQuery } from '@tanstack/react-query'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { ADDON_CHARTS } from '#features/metrics/app-charts.ts'
import { ChartGrid } from '#features/metrics/chart-grid.tsx'
import { metricsOf } from '#features/metrics/chart-lines.ts'
import { MarksList } from '#features/metrics/marks-list.tsx'
import { Section } from '#features/metrics/metrics-tab.tsx'
import { metricsQuery } from '#features/metrics/queries.ts'
import { RangeBar } from '#features/metrics/range-bar.tsx'
import { useSpan } from '#features/metrics/use-span.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'

const METRICS = metricsOf(ADDON_CHARTS)

/** What a database takes. */
export function AddonMetricsTab() {
  const name = useAddonName()
  const { span, set, zoom, zoomOut } = useSpan()
  const { data, error, refetch, isPlaceholderData } = useQuery(
    metricsQuery(`/addons/${name}`, span, { metrics: METRICS }),
  )
  useTitle(t('Metrics · {name}', { name }))
  return (
    <div className="space-y-5">
      <RangeBar span={span} onChange={set} />
      <Section title={t('What it takes')} error={error} onRetry={() => void refetch()}>
        <ChartGrid
          specs={ADDON_CHARTS}
          reply={data}
          isOld={isPlaceholderData}
          group={t('addon {name}', { name })}
          onZoom={zoom}
          onZoomOut={zoomOut}
        />
      </Section>
      <MarksList marks={data?.marks ?? []} />
    </div>
  )
}
