import { floorTo, type Resolution, STEP_MS } from '#core/metrics/resolutions.ts'
import { placeInto, rollUp } from '#core/metrics/roll-up.ts'
import type { Columns } from '#store/metrics-columns.ts'
import type { MetricsStore } from '#store/metrics-store.ts'

export interface Span {
  resolution: Resolution
  /** Both at a beginning of `stepMs`. */
  from: number
  to: number
  /** A multiple of the resolution's. */
  stepMs: number
}

interface Deps {
  store: Pick<MetricsStore, 'readBlocks' | 'readTicks' | 'oldestTick'>
}

/** Columns of some subjects, from blocks and from what is in none yet. */
export const createSeriesReader =
  ({ store }: Deps) =>
  (
    subjects: readonly string[],
    { resolution, from, to, stepMs }: Span,
    metrics?: ReadonlySet<string>,
  ): Columns[] => {
    const base = resolution.stepMs
    const steps = Math.round((to - from) / base)
    const oldestTick = store.oldestTick()
    const fresh = Math.max(from, floorTo(oldestTick ?? to, base))
    const ticks = fresh < to ? store.readTicks(subjects, fresh, to) : []
    return subjects.map((subject, at) => {
      const columns: Columns = new Map()
      const blocks = store.readBlocks(subject, base, from - resolution.blockMs + 1, to, metrics)
      for (const block of blocks)
        placeInto(columns, block.columns, {
          offset: (block.at - from) / base,
          steps,
          overwrite: true,
        })
      const rest = ticks[at]
      if (rest)
        placeInto(columns, rollUp(onlyThose(rest, metrics), base / STEP_MS), {
          offset: (fresh - from) / base,
          steps,
          overwrite: false,
        })
      return rollUp(columns, stepMs / base)
    })
  }
export type SeriesReader = ReturnType<typeof createSeriesReader>

const onlyThose = (columns: Columns, metrics: ReadonlySet<string> | undefined): Columns =>
  metrics ? new Map([...columns].filter(([metric]) => metrics.has(metric))) : columns
