import { addTimes, NO_TIMES, type Times } from '#ports/edge-histogram.ts'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'

/** What visitors of an app met since the daemon began; counters that only rise. */
export interface EdgeTotal {
  /** 2xx with 1xx, 3xx, 4xx, 5xx, and those who left before they were answered. */
  statuses: number[]
  bytesIn: number
  bytesOut: number
  times: Times
}

/** By the app's id, for whoever takes the differences: Prometheus. */
export function createEdgeTotals() {
  const totals = new Map<string, EdgeTotal>()
  return {
    add(appId: string, counts: EdgeCounts): void {
      const total = totals.get(appId) ?? {
        statuses: [0, 0, 0, 0, 0],
        bytesIn: 0,
        bytesOut: 0,
        times: NO_TIMES,
      }
      totals.set(appId, total)
      for (const [at, count] of counts.statuses.entries())
        total.statuses[at] = (total.statuses[at] ?? 0) + count
      total.bytesIn += counts.bytesIn
      total.bytesOut += counts.bytesOut
      total.times = addTimes(total.times, counts.times)
    },
    of: (appId: string): EdgeTotal | undefined => totals.get(appId),
    /** Those of apps that are gone. */
    keepOnly(appIds: ReadonlySet<string>): void {
      for (const appId of totals.keys()) if (!appIds.has(appId)) totals.delete(appId)
    },
  }
}
export type EdgeTotals = ReturnType<typeof createEdgeTotals>
