import { useQuery } from '@tanstack/react-query'
import type { AlertCondition } from '@vastrox/shared/alert.ts'
import { useDeferredValue } from 'react'
import { addonsQuery } from '#features/addons/queries.ts'
import { timesFired, unitOf } from '#features/alerts/alert-words.ts'
import { linesOf, sourcesOf } from '#features/alerts/rule-lines.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { type MetricsOf, metricsQuery } from '#features/metrics/queries.ts'
import { nodesQuery } from '#features/node/queries.ts'
import { checksQuery } from '#features/uptime/queries.ts'
import { sayValue } from '#lib/say-value.ts'
import { t, tn } from '#lib/words.ts'
import { Plot } from '#ui/plot.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

interface Props {
  condition: AlertCondition | undefined
  app: string
}

/** What the condition would have done during the last day, on a subject that there is. */
export function RulePreview({ condition, app }: Props) {
  const shown = useDeferredValue(condition)
  const subject = useSubject(shown, app)
  if (!shown)
    return <Aside>{t('Fill in the limit and the time, and it is tried on the last day.')}</Aside>
  if (!subject)
    return (
      <Aside>
        {t('Of that there is nothing to try it on: it is watched as soon as there is.')}
      </Aside>
    )
  return <Tried condition={shown} {...subject} />
}

const Aside = ({ children }: { children: string }) => (
  <p className="rounded-md border border-line bg-sunken p-4 text-sm text-muted">{children}</p>
)

function useSubject(
  condition: AlertCondition | undefined,
  app: string,
): { of: MetricsOf; name: string; by?: 'instance' | 'app' } | undefined {
  const { data: apps = [] } = useQuery(appsQuery)
  const { data: addons = [] } = useQuery({ ...addonsQuery, enabled: condition?.of === 'addon' })
  const { data: nodes = [] } = useQuery(nodesQuery)
  const { data: checks = [] } = useQuery({ ...checksQuery, enabled: condition?.of === 'uptime' })
  const one = app === '' ? apps.find(({ liveRelease }) => liveRelease !== null)?.name : app
  const [addon] = addons
  const [node] = nodes
  switch (condition?.of) {
    case 'edge':
      return one === undefined ? undefined : { of: `/apps/${one}`, name: one, by: 'app' }
    case 'app':
    case 'instance':
      return one === undefined ? undefined : { of: `/apps/${one}`, name: one, by: 'instance' }
    case 'addon':
      return addon && { of: `/addons/${addon.name}`, name: addon.name }
    case 'node':
    case 'disk':
      return node && { of: `/nodes/${node.name}`, name: node.name }
    case 'platform':
      return { of: '/platform', name: t('Vastrox') }
    case 'uptime': {
      const check = checks.find(({ lastAt }) => lastAt !== null) ?? checks[0]
      return check && { of: `/uptime-checks/${check.id}`, name: check.name }
    }
    case undefined:
      return undefined
    default:
      return condition?.of satisfies undefined
  }
}

const DAY = { key: '24h' } as const

interface TriedProps {
  condition: AlertCondition
  of: MetricsOf
  name: string
  by?: 'instance' | 'app'
}

function Tried({ condition, of, name, by }: TriedProps) {
  const { data, error } = useQuery(
    metricsQuery(of, DAY, { metrics: sourcesOf(condition.metric), ...(by && { by }) }),
  )
  if (error) return <Aside>{t('What was measured could not be read; the rule can be kept.')}</Aside>
  if (!data) return <Skeleton className="h-52" />
  const series = linesOf(data, condition)
  if (series.length === 0)
    return (
      <Aside>
        {t('Of the last day there is nothing to be drawn of it; it is watched all the same.')}
      </Aside>
    )
  const fired = series.reduce(
    (sum, { values }) => sum + timesFired(data.times, values, condition),
    0,
  )
  const unit = unitOf(condition)
  return (
    <div className="rounded-md border border-line bg-sunken p-3">
      <Plot
        bare
        title={t('{name}, the last day', { name })}
        lead={
          fired === 0
            ? t('It would not have fired. Its limit is {unit}.', {
                unit: sayValue(unit, condition.limit),
              })
            : tn(fired, 'It would have fired once.', 'It would have fired {count} times.')
        }
        unit={unit}
        times={data.times}
        from={Date.parse(data.from) / 1_000}
        to={Date.parse(data.to) / 1_000}
        series={series}
        limit={condition.limit}
      />
    </div>
  )
}
