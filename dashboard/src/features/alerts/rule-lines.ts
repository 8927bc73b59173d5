import type { AlertCondition } from '@vastrox/shared/alert.ts'
import type { MetricReply } from '@vastrox/shared/metric.ts'
import { joined, type PlotSeries, toneAt } from '#lib/plot-data.ts'
import { t } from '#lib/words.ts'

/** What some metrics are worked out of. */
export const sourcesOf = (metric: string): string[] => DERIVED[metric] ?? [metric]
const DERIVED: Record<string, string[]> = {
  memoryPercent: ['memory', 'memoryLimit'],
  connectionsPercent: ['connections', 'maxConnections'],
  memoryAvailablePercent: ['memoryAvailable', 'memoryTotal'],
  swapPercent: ['swap', 'swapTotal'],
  availablePercent: ['available', 'total'],
}

const TOGETHER = {
  sum: 'together',
  avg: t('on average'),
  max: t('the highest'),
  min: t('the lowest'),
} as const

/** The lines that a condition is tried on, as it is watched: several instances as one, or each by itself. */
export function linesOf(
  { series }: Pick<MetricReply, 'series'>,
  condition: Pick<AlertCondition, 'of' | 'metric' | 'aggregate'>,
): PlotSeries[] {
  const [part, whole] = sourcesOf(condition.metric)
  const wholeOf = (of: string) => series.find((each) => each.metric === whole && each.of === of)
  const lines = series
    .filter((each) => each.metric === part)
    .map(({ of, values }) => {
      const wholes = whole === undefined ? undefined : wholeOf(of)?.values
      return { of, values: wholes ? values.map((value, at) => share(value, wholes[at])) : values }
    })
  const how = joining(condition)
  if (lines.length > 0 && how !== undefined) {
    const values = joined(
      lines.map((line) => line.values),
      how,
    )
    return [{ name: TOGETHER[how], tone: 'accent', values }]
  }
  return lines.map(({ of, values }, index) => ({ name: of || 'all', tone: toneAt(index), values }))
}

/** Of an app `each` is the highest of its instances; of anything else there are no several. */
function joining({
  of,
  aggregate,
}: Pick<AlertCondition, 'of' | 'aggregate'>): keyof typeof TOGETHER | undefined {
  if (of !== 'app' && of !== 'instance') return undefined
  if (aggregate === 'each') return of === 'app' ? 'max' : undefined
  return aggregate
}

const share = (value: number | null, whole: number | null | undefined): number | null =>
  value === null || !whole ? null : (100 * value) / whole
