/**
 * gauge: how much there is now. rate: how many came in a step, shown by the second. count: how many came
 * in a step. histogram: how they were spread.
 */
export const METRIC_KINDS = ['gauge', 'rate', 'count', 'histogram'] as const
export type MetricKind = (typeof METRIC_KINDS)[number]

/** A number, or a histogram as it travels: bucket, count, bucket, count. */
export type MetricValue = number | readonly number[]

/** Subject → metric → value, of one step. */
export type StepValues = Map<string, Map<string, MetricValue>>

/** One metric over time: a place for each step. */
export interface Column {
  kind: MetricKind
  /** NaN: nothing was measured. Of a gauge the mean, of a rate or a count the sum; empty for a histogram. */
  values: Float64Array
  /** The highest of any 15 seconds in the step; nothing where a step is no longer. */
  peaks?: Float64Array
  histograms?: (readonly number[] | undefined)[]
}

/** Metric → column, all of the same length. */
export type Columns = Map<string, Column>

export const noValues = (steps: number): Float64Array => new Float64Array(steps).fill(Number.NaN)

/** The column of that metric, made where there is none. */
export function columnOf(
  columns: Columns,
  metric: string,
  kind: MetricKind,
  steps: number,
): Column {
  const known = columns.get(metric)
  if (known) return known
  const column: Column =
    kind === 'histogram'
      ? { kind, values: new Float64Array(0), histograms: [] }
      : { kind, values: noValues(steps) }
  columns.set(metric, column)
  return column
}
