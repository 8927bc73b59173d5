import type { MetricReply, MetricSeries, MetricUnit } from '@vastrox/shared/metric.ts'
import { joined, type PlotSeries, type PlotTone, statsOf, toneAt } from '#lib/plot-data.ts'
import { sayValue } from '#lib/say-value.ts'

interface Line {
  metric: string
  name: string
  tone: PlotTone
  dashed?: boolean
  /** How those of several instances become one; added up where nothing is said. */
  how?: 'sum' | 'avg' | 'count'
  /**
   * A limit that is drawn only where the others come near enough to be seen below it: says it in the
   * lead's place otherwise.
   */
  sayFar?: (limit: string) => string
}

/** What a chart shows. */
export interface ChartSpec {
  title: string
  lead?: string
  lines: readonly Line[]
  look?: 'lines' | 'stack'
  /** The metrics to show of each, where each is shown by itself: the first one otherwise. */
  each?: readonly string[]
  atLeast?: number
  /** Of a unit that the metric itself does not have. */
  unit?: MetricUnit
  /** Not worth a chart while everything is zero. */
  onlyIfAny?: boolean
  /** Of all that the reply has of it, only what is called so. */
  of?: string
}

export interface ChartLines {
  unit: MetricUnit
  series: PlotSeries[]
  /** Instead of the chart's own, where something is said that is not drawn. */
  lead?: string
}

/** Lines lower than this part of a limit would lie on the floor of the chart. */
const NEAR = 0.05

type Reply = Pick<MetricReply, 'series'>

const ofSpec = ({ series }: Reply, metric: string, of: string | undefined): MetricSeries[] =>
  series.filter((each) => each.metric === metric && (of === undefined || each.of === of))

const isWorthIt = ({ series }: ChartLines, { onlyIfAny = false }: ChartSpec): boolean =>
  !onlyIfAny || series.some(({ values }) => values.some((value) => (value ?? 0) > 0))

/** The lines of a chart with everything together; undefined where there is nothing to show. */
export function together(reply: Reply, spec: ChartSpec): ChartLines | undefined {
  let unit = spec.unit
  const series = spec.lines.flatMap(({ metric, name, tone, dashed, how = 'sum' }): PlotSeries[] => {
    const found = ofSpec(reply, metric, spec.of)
    const [first] = found
    if (!first) return []
    unit ??= first.unit
    const isOne = found.length === 1 && how !== 'count'
    return [
      {
        name,
        tone,
        values: isOne
          ? first.values
          : joined(
              found.map(({ values }) => values),
              how,
            ),
        ...(isOne && first.peaks && { peaks: first.peaks }),
        ...(dashed && { dashed }),
      },
    ]
  })
  if (unit === undefined || series.length === 0) return undefined
  const lines = withoutFar({ unit, series }, spec)
  return isWorthIt(lines, spec) ? lines : undefined
}

function withoutFar({ unit, series }: ChartLines, spec: ChartSpec): ChartLines {
  const line = spec.lines.find(({ sayFar }) => sayFar !== undefined)
  const limit = series.find(({ name }) => name === line?.name)
  const others = series.filter((each) => each !== limit)
  if (!line?.sayFar || !limit || others.length === 0) return { unit, series }
  const { now, max } = statsOf(limit)
  const most = Math.max(0, ...others.map((each) => statsOf(each).max ?? 0))
  if (now === null || max === null || most > max * NEAR) return { unit, series }
  return { unit, series: others, lead: line.sayFar(sayValue(unit, now)) }
}

/** The same with a line for each instance, release or route. */
export function apart(reply: Reply, spec: ChartSpec): ChartLines | undefined {
  const metrics = spec.each ?? spec.lines.slice(0, 1).map(({ metric }) => metric)
  const names = [
    ...new Set(metrics.flatMap((metric) => ofSpec(reply, metric, spec.of).map(({ of }) => of))),
  ]
  // A single one needs no name beside its lines.
  if (names.length === 1 && metrics.length > 1) return together(reply, spec)
  let unit = spec.unit
  const series = names.flatMap((of, index) =>
    metrics.flatMap((metric, place): PlotSeries[] => {
      const [found] = ofSpec(reply, metric, of)
      if (!found) return []
      unit ??= found.unit
      const line = spec.lines.find((each) => each.metric === metric)
      return [
        {
          name: metrics.length > 1 ? `${of} ${line?.name.toLowerCase() ?? metric}` : of || 'all',
          tone: toneAt(index + place * names.length),
          values: found.values,
          ...(found.peaks && { peaks: found.peaks }),
          ...(line?.dashed === true && { dashed: true }),
        },
      ]
    }),
  )
  if (unit === undefined || series.length === 0) return undefined
  const lines = { unit, series }
  return isWorthIt(lines, spec) ? lines : undefined
}

export const metricsOf = (specs: readonly ChartSpec[]): string[] => [
  ...new Set(
    specs.flatMap(({ lines, each = [] }) => [...lines.map(({ metric }) => metric), ...each]),
  ),
]
