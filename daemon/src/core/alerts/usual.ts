import { floorOf } from '@vastrox/shared/disk-floor.ts'
import type { MetricSource } from '#core/alerts/metric-source.ts'
import type { ReaderDeps } from '#core/alerts/readers.ts'
import { forecast } from '#core/nodes/forecast.ts'
import type { DiskDayStore } from '#store/disk-day-store.ts'

interface Deps {
  source: Pick<MetricSource, 'history'>
  days: Pick<DiskDayStore, 'listForPlatform'>
  onProblem: (what: string, error: unknown) => void
}

const DAY_MS = 86_400_000
const STEP_MS = 15 * 60_000
const LOOKED_AT_MS = 7 * DAY_MS
/** Three hours with visitors, before anything is called usual. */
const LEAST_STEPS = 12
const USUAL_KEEP_MS = 3_600_000
const FORECAST_KEEP_MS = 10 * 60_000
/** More apps than that have no usual one. */
const MOST_KEPT = 2_000

/** What is worked out of history for conditions: seldom, since it changes slowly. */
export function createUsual({ source, days, onProblem }: Deps): ReaderDeps {
  const usual = new Map<string, { value: number | undefined; readAt: number }>()
  const forecasts = new Map<string, { value: number; readAt: number }>()
  let isReading = false

  /** One after the other: it is no hurry. */
  async function read(edge: string, at: number): Promise<void> {
    isReading = true
    try {
      // The last quarter of an hour is what is asked about.
      const values = await source.history(
        `${edge}/p95`,
        new Date(at - LOOKED_AT_MS),
        new Date(at - STEP_MS),
        STEP_MS,
      )
      if (usual.size < MOST_KEPT || usual.has(edge))
        usual.set(edge, { value: middle(values), readAt: at })
    } catch (error) {
      usual.set(edge, { value: undefined, readAt: at })
      onProblem('what is usual for an app could not be read', error)
    } finally {
      isReading = false
    }
  }

  return {
    usualP95(edge, at) {
      const known = usual.get(edge)
      const isFresh = known !== undefined && at - known.readAt < USUAL_KEEP_MS
      if (!isFresh && !isReading) void read(edge, at)
      return known?.value
    },

    daysToFull(disk, availableBytes, at) {
      const known = forecasts.get(disk)
      if (known && at - known.readAt < FORECAST_KEEP_MS) return known.value
      const value = daysUntilFull(disk, availableBytes, at)
      forecasts.set(disk, { value, readAt: at })
      return value
    },
  }

  function daysUntilFull(disk: string, availableBytes: number, at: number): number {
    const [node = '', holds = ''] = disk.slice('disk:'.length).split('/')
    const { fullAt } = forecast(days.listForPlatform(node, `disk:${holds}`), {
      at: new Date(at),
      availableBytes,
      floorBytes: floorOf(availableBytes),
    })
    return fullAt === null ? Number.POSITIVE_INFINITY : (Date.parse(fullAt) - at) / DAY_MS
  }
}

function middle(values: readonly (number | null)[]): number | undefined {
  const sorted = values.filter((value) => value !== null).toSorted((one, other) => one - other)
  return sorted.length < LEAST_STEPS ? undefined : sorted[Math.floor(sorted.length / 2)]
}
