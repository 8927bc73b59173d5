import { addTime, noTimes } from '#ports/edge-histogram.ts'
import type { EdgeCounts, Route } from '#ports/routing-snapshot.ts'
import type { Visit } from './plane.ts'

const NO_RELEASE = 0
/** As nginx says it: the client left before it was answered. */
export const CLIENT_GONE = 499

/** What visitors met, per app, route and release, since the last report. */
export function createEdgeMeter() {
  let counts = new Map<Route, Map<number, EdgeCounts>>()
  /** Open WebSockets by app; they outlive reports. */
  const open = new Map<string, number>()

  function of(route: Route, release: number): EdgeCounts {
    let byRelease = counts.get(route)
    if (!byRelease) {
      byRelease = new Map()
      counts.set(route, byRelease)
    }
    const known = byRelease.get(release)
    if (known) return known
    const fresh: EdgeCounts = {
      app: route.app,
      route: route.id,
      release,
      requests: 0,
      statuses: [0, 0, 0, 0, 0],
      bytesIn: 0,
      bytesOut: 0,
      times: noTimes(),
    }
    byRelease.set(release, fresh)
    return fresh
  }

  return {
    /** A visit is over. Of a WebSocket and a stream, the time until their first answer is counted. */
    note({ route, instance, res, bytesIn, bytesOut, headMs }: Visit, tookMs: number): void {
      if (!route) return
      const entry = of(route, instance?.spec.release ?? NO_RELEASE)
      const at = classOf(res.headersSent || res.statusCode === 101 ? res.statusCode : CLIENT_GONE)
      entry.requests += 1
      entry.statuses[at] = (entry.statuses[at] ?? 0) + 1
      entry.bytesIn += bytesIn
      entry.bytesOut += bytesOut
      addTime(entry.times, headMs ?? tookMs)
    },

    webSocketOpened: (app: string): void => {
      open.set(app, (open.get(app) ?? 0) + 1)
    },
    webSocketClosed(app: string): void {
      const left = (open.get(app) ?? 1) - 1
      if (left > 0) open.set(app, left)
      else open.delete(app)
    },

    /** Everything since the last call, and what is open now. */
    take(): { counts: EdgeCounts[]; webSockets: Record<string, number> } {
      const taken = [...counts.values()].flatMap((byRelease) => [...byRelease.values()])
      counts = new Map()
      return { counts: taken, webSockets: Object.fromEntries(open) }
    },
  }
}
export type EdgeMeter = ReturnType<typeof createEdgeMeter>

/** 2xx with 1xx, 3xx, 4xx, 5xx, and those who left before they were answered. */
function classOf(status: number): number {
  if (status === CLIENT_GONE) return 4
  return Math.min(3, Math.max(0, Math.floor(status / 100) - 2))
}
