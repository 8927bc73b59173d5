import { addTimes, quantileOf, type Times } from '#ports/edge-histogram.ts'
import { PERCENTILES, TIMES } from '#core/metrics/metric-kinds.ts'
import { type Column, type Columns, noValues } from '#store/metrics-columns.ts'

/** Each `factor` steps become one: gauges their mean, counts their sum, histograms added up; gaps are left out. */
export function rollUp(columns: Columns, factor: number): Columns {
  if (factor === 1) return columns
  return new Map([...columns].map(([metric, column]) => [metric, rollUpColumn(column, factor)]))
}

function rollUpColumn(column: Column, factor: number): Column {
  const { kind, values, histograms } = column
  if (histograms)
    return {
      kind,
      values,
      histograms: Array.from({ length: Math.ceil(histograms.length / factor) }, (_, at) =>
        sumOfHistograms(histograms.slice(at * factor, (at + 1) * factor)),
      ),
    }
  const steps = Math.ceil(values.length / factor)
  const sums = noValues(steps)
  const peaks = noValues(steps)
  for (let step = 0; step < steps; step += 1) {
    let sum = 0
    let there = 0
    let peak = Number.NEGATIVE_INFINITY
    const end = Math.min(values.length, (step + 1) * factor)
    for (let at = step * factor; at < end; at += 1) {
      const value = values[at] ?? Number.NaN
      if (Number.isNaN(value)) continue
      sum += value
      there += 1
      peak = Math.max(peak, column.peaks?.[at] ?? value)
    }
    if (there === 0) continue
    sums[step] = kind === 'gauge' ? sum / there : sum
    peaks[step] = peak
  }
  return { kind, values: sums, peaks }
}

function sumOfHistograms(all: readonly (Times | undefined)[]): Times | undefined {
  let sum: Times | undefined
  for (const one of all) if (one) sum = sum ? addTimes(sum, one) : one
  return sum
}

/** Percentiles in the place of the histogram, which is more than is kept of every release and route for long. */
export function withPercentiles(columns: Columns): Columns {
  const histograms = columns.get(TIMES)?.histograms
  if (!histograms) return columns
  const rest = new Map([...columns].filter(([metric]) => metric !== TIMES))
  for (const [metric, share] of Object.entries(PERCENTILES))
    rest.set(metric, { kind: 'gauge', values: percentilesOf(histograms, share) })
  return rest
}

export const percentilesOf = (
  histograms: readonly (Times | undefined)[],
  share: number,
): Float64Array =>
  Float64Array.from(histograms, (times) => (times && quantileOf(times, share)) ?? Number.NaN)

/** Puts what `more` has to where `columns` has nothing, or with `overwrite` over it; `offset` steps later. */
export function placeInto(
  columns: Columns,
  more: Columns,
  { offset, steps, overwrite }: { offset: number; steps: number; overwrite: boolean },
): void {
  for (const [metric, { kind, values, peaks, histograms }] of more) {
    if (histograms) {
      const known = columns.get(metric)?.histograms
      const target: (Times | undefined)[] = known ?? Array.from({ length: steps })
      if (!known) columns.set(metric, { kind, values: new Float64Array(0), histograms: target })
      for (const [at, histogram] of histograms.entries())
        if (histogram && inside(at + offset, steps) && (overwrite || !target[at + offset]))
          target[at + offset] = histogram
      continue
    }
    const target: Column = columns.get(metric) ?? { kind, values: noValues(steps) }
    columns.set(metric, target)
    if (peaks) target.peaks ??= noValues(steps)
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] ?? Number.NaN
      const to = at + offset
      if (Number.isNaN(value) || !inside(to, steps)) continue
      if (!overwrite && !Number.isNaN(target.values[to] ?? 0)) continue
      target.values[to] = value
      if (target.peaks) target.peaks[to] = peaks?.[at] ?? value
    }
  }
}

const inside = (at: number, steps: number): boolean => at >= 0 && at < steps
