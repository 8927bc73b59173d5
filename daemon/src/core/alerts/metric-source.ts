import type { SeriesName } from '@vastrox/shared/metric.ts'

/** The newest value of a series, as far as it was measured with the last samples. */
export type Latest = (series: SeriesName) => number | undefined
/** All that was measured with the last samples under a prefix. */
export type AllOf = (prefix: string) => Iterable<readonly [SeriesName, number]>

/** As much of the metric book as alerts need. */
export interface MetricSource {
  /** Called once for each 15 s, after their samples were kept. Gives the way to stop. */
  onTick(listener: (at: Date, latest: Latest, all: AllOf) => void): () => void
  /** Values of a series between two times, oldest first; null where nothing was measured. */
  history(
    series: SeriesName,
    from: Date,
    to: Date,
    stepMs: number,
  ): Promise<readonly (number | null)[]>
}

/** Where nothing is measured. */
export const NO_METRICS: MetricSource = {
  onTick: () => () => {},
  history: async () => [],
}
