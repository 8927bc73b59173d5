import { useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { CONTAINER_CHARTS, INSTANCES_CHART, VISITOR_CHARTS } from '#features/metrics/app-charts.ts'
import { ChartGrid } from '#features/metrics/chart-grid.tsx'
import { metricsOf } from '#features/metrics/chart-lines.ts'
import { MarksList } from '#features/metrics/marks-list.tsx'
import { metricsQuery } from '#features/metrics/queries.ts'
import { RangeBar } from '#features/metrics/range-bar.tsx'
import { useSpan } from '#features/metrics/use-span.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

const VISITORS = metricsOf(VISITOR_CHARTS)
const CONTAINERS = metricsOf(CONTAINER_CHARTS)
type VisitorsBy = 'app' | 'release' | 'route'

/** What visitors of an app meet and what it takes, over time. */
export function MetricsTab() {
  const name = useAppName()
  const { span, set, zoom, zoomOut } = useSpan()
  const [by, setBy] = useState<VisitorsBy>('app')
  const [isApart, setIsApart] = useState(false)
  const visitors = useQuery(metricsQuery(`/apps/${name}`, span, { metrics: VISITORS, by }))
  const containers = useQuery(
    metricsQuery(`/apps/${name}`, span, { metrics: CONTAINERS, by: 'instance' }),
  )
  useTitle(t('Metrics · {name}', { name }))
  const shared = { group: `app ${name}`, onZoom: zoom, onZoomOut: zoomOut }
  const isEmpty = visitors.data?.series.length === 0 && containers.data?.series.length === 0

  return (
    <div className="space-y-6">
      <RangeBar span={span} onChange={set} />
      {isEmpty ? (
        <Card flush>
          <EmptyState icon={<Activity size={20} aria-hidden />} title={t('Nothing measured yet')}>
            {t(
              'Every 15 seconds it is looked what the app takes and what its visitors meet. The first lines are here half a minute after it runs.',
            )}
          </EmptyState>
        </Card>
      ) : (
        <>
          <Section
            title={t('Visitors')}
            error={visitors.error}
            onRetry={() => void visitors.refetch()}
            aside={
              <Select
                label={t('Visitors by')}
                hideLabel
                value={by}
                onChange={({ target }) => setBy(visitorsBy(target.value))}
                className="w-40"
              >
                <option value="app">{t('All together')}</option>
                <option value="release">{t('By release')}</option>
                <option value="route">{t('By route')}</option>
              </Select>
            }
          >
            <ChartGrid
              specs={VISITOR_CHARTS}
              reply={visitors.data}
              isApart={by !== 'app'}
              isOld={visitors.isPlaceholderData}
              {...shared}
            />
          </Section>
          <Section
            title={t('What it takes')}
            error={containers.error}
            onRetry={() => void containers.refetch()}
            aside={
              <Select
                label={t('Instances')}
                hideLabel
                value={isApart ? 'apart' : 'together'}
                onChange={({ target }) => setIsApart(target.value === 'apart')}
                className="w-40"
              >
                <option value="together">{t('All together')}</option>
                <option value="apart">{t('Each instance')}</option>
              </Select>
            }
          >
            <ChartGrid
              specs={isApart ? CONTAINER_CHARTS : [...CONTAINER_CHARTS, INSTANCES_CHART]}
              reply={containers.data}
              isApart={isApart}
              isOld={containers.isPlaceholderData}
              {...shared}
            />
          </Section>
          <MarksList marks={containers.data?.marks ?? visitors.data?.marks ?? []} />
        </>
      )}
    </div>
  )
}

const visitorsBy = (value: string): VisitorsBy =>
  value === 'release' || value === 'route' ? value : 'app'

interface SectionProps {
  title: string
  aside?: React.ReactNode
  error: Error | null
  onRetry: () => void
  children: React.ReactNode
}

/** Charts under one heading; where they cannot be had it is said in their place. */
export function Section({ title, aside, error, onRetry, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-2">
        <h2 className="text-lg font-semibold">{title}</h2>
        {aside}
      </div>
      {error ? <ErrorNotice error={error} onRetry={onRetry} /> : children}
    </section>
  )
}
