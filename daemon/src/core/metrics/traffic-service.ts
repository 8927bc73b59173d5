import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Traffic, TrafficPart, TrafficSums } from '@vastrox/shared/traffic.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { createOpenSockets, REPORT_IS_OLD_MS } from '#core/metrics/open-sockets.ts'
import type { Clock } from '#ports/clock.ts'
import { addTimes, NO_TIMES, quantileOf } from '#ports/edge-histogram.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { EdgeCounts, EdgeReport, OpenSockets } from '#ports/routing-snapshot.ts'
import type { RouteStore } from '#store/route-store.ts'

interface Deps {
  proxy: Proxy
  apps: AppFinder
  routes: RouteStore
  clock: Clock
}

type Counts = Omit<EdgeCounts, 'app' | 'route' | 'release'>

const MINUTE_MS = 60_000
export const MAX_MINUTES = 60
/** Of one app in one minute: routes times releases. More are added to the last. */
const MAX_SERIES = 200
/** Of reports that may come again. */
const MAX_SEEN = 10_000

/** The last hour of each app's traffic, in memory: what the proxy's workers report every 15 s. */
export function createTrafficService({ proxy, apps, routes, clock }: Deps) {
  /** Minute → app → what was counted. */
  const minutes = new Map<number, Map<string, EdgeCounts[]>>()
  /** Minute → app → the most WebSockets that were open at a time. */
  const openMost = new Map<number, Map<string, number>>()
  const sockets = createOpenSockets(clock)
  const seen = new Set<string>()
  let stop: (() => void) | undefined

  /** False for one that was sent again. */
  function isNew({ source, number }: EdgeReport): boolean {
    const key = `${source} ${number}`
    if (seen.has(key)) return false
    seen.add(key)
    for (const oldest of seen) {
      if (seen.size <= MAX_SEEN) break
      seen.delete(oldest)
    }
    return true
  }

  /** In the minute it was counted in; what was kept for longer than an hour is forgotten. */
  function add({ counts, toMs }: EdgeReport): void {
    const now = thisMinute()
    const minute = Math.min(now, Math.floor((toMs - 1) / MINUTE_MS))
    for (const old of minutes.keys()) if (old <= now - MAX_MINUTES) minutes.delete(old)
    if (minute <= now - MAX_MINUTES) return
    const byApp = minutes.get(minute) ?? new Map<string, EdgeCounts[]>()
    minutes.set(minute, byApp)
    for (const one of counts) {
      const series = byApp.get(one.app) ?? []
      byApp.set(one.app, series)
      const known =
        series.find(({ route, release }) => route === one.route && release === one.release) ??
        (series.length < MAX_SERIES ? undefined : series.at(-1))
      if (known) addCounts(known, one)
      else series.push({ ...one, statuses: [...one.statuses], times: [...one.times] })
    }
  }

  const thisMinute = (): number => Math.floor(clock.now().getTime() / MINUTE_MS)

  /** After every report of a worker: what all of them have open together. */
  function noteOpen(apps: Iterable<string>): void {
    const minute = thisMinute()
    for (const old of openMost.keys()) if (old <= minute - MAX_MINUTES) openMost.delete(old)
    for (const app of apps) {
      const open = sockets.ofApp(app)
      if (open === 0) continue
      const byApp = openMost.get(minute) ?? new Map<string, number>()
      openMost.set(minute, byApp)
      byApp.set(app, Math.max(byApp.get(app) ?? 0, open))
    }
  }

  function read(
    app: string,
    wanted: number,
  ): { at: number; counts: EdgeCounts[]; webSocketsOpen: number }[] {
    const now = thisMinute()
    return [...new Set([...minutes.keys(), ...openMost.keys()])]
      .filter((at) => at > now - wanted)
      .toSorted((one, other) => one - other)
      .flatMap((at) => {
        const counts = minutes.get(at)?.get(app) ?? []
        const webSocketsOpen = openMost.get(at)?.get(app) ?? 0
        return counts.length + webSocketsOpen > 0
          ? [{ at: at * MINUTE_MS, counts, webSocketsOpen }]
          : []
      })
  }

  return {
    start(): void {
      stop ??= proxy.onEdge((report, worker) => {
        if (!isNew(report)) return
        add(report)
        // What was open when nobody was there to take it is long over.
        if (report.toMs < clock.now().getTime() - REPORT_IS_OLD_MS) return
        sockets.note(worker, report)
        noteOpen(Object.keys(report.webSockets))
      })
    },
    stop(): void {
      stop?.()
      stop = undefined
    },

    /** What visitors of the app met in the last minutes, at most an hour back. */
    read(actor: Actor, name: string, wanted: number): Traffic {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'app.read', app.id)
      // Counts are kept by name: what an app before it met is not this one's.
      const since = Date.parse(app.createdAt) - MINUTE_MS
      const found = read(app.name, Math.min(wanted, MAX_MINUTES)).filter(({ at }) => at > since)
      const all = found.flatMap(({ counts }) => counts)
      const open = sockets.byPart().filter((one) => one.app === app.name)
      const routeOf = new Map(
        routes.listForAppForPlatform(app.id).map((route) => [route.id, route]),
      )
      return {
        minutes: Math.min(wanted, MAX_MINUTES),
        sums: sumsOf(all),
        webSocketsOpen: sockets.ofApp(app.name),
        points: found.map(({ at, counts, webSocketsOpen }) => ({
          at: new Date(at).toISOString(),
          webSocketsOpen,
          ...sumsOf(counts),
        })),
        byRelease: partsOf(all, open, ({ release }) => release)
          .toSorted(([one], [other]) => other - one)
          .map(([release, sums]) => ({ release: release === 0 ? null : release, ...sums })),
        byRoute: partsOf(all, open, ({ route }) => route).flatMap(([id, sums]) => {
          const route = routeOf.get(id)
          return route ? [{ host: route.host, pathPrefix: route.pathPrefix, ...sums }] : []
        }),
      }
    },
  }
}
export type TrafficService = ReturnType<typeof createTrafficService>

/** By route or release; also where nobody asked, and a WebSocket is open since before. */
function partsOf<Part>(
  all: readonly EdgeCounts[],
  open: readonly OpenSockets[],
  partOf: (of: Pick<EdgeCounts, 'route' | 'release'>) => Part,
): [Part, TrafficPart][] {
  const parts = new Set([...all.map(partOf), ...open.map(partOf)])
  return [...parts].map((part) => [
    part,
    {
      ...sumsOf(all.filter((one) => partOf(one) === part)),
      webSocketsOpen: open
        .filter((one) => partOf(one) === part)
        .reduce((sum, one) => sum + one.open, 0),
    },
  ])
}

function addCounts(sum: Counts, more: Counts): void {
  sum.requests += more.requests
  sum.bytesIn += more.bytesIn
  sum.bytesOut += more.bytesOut
  sum.statuses = sum.statuses.map((count, at) => count + (more.statuses[at] ?? 0))
  sum.times = addTimes(sum.times, more.times)
}

function sumsOf(counts: readonly EdgeCounts[]): TrafficSums {
  const sum: Counts = {
    requests: 0,
    statuses: [0, 0, 0, 0, 0],
    bytesIn: 0,
    bytesOut: 0,
    times: [...NO_TIMES],
  }
  for (const one of counts) addCounts(sum, one)
  const [ok = 0, redirected = 0, clientErrors = 0, serverErrors = 0, gone = 0] = sum.statuses
  return {
    requests: sum.requests,
    ok,
    redirected,
    clientErrors,
    serverErrors,
    gone,
    bytesIn: sum.bytesIn,
    bytesOut: sum.bytesOut,
    p50Ms: quantileOf(sum.times, 0.5),
    p95Ms: quantileOf(sum.times, 0.95),
    p99Ms: quantileOf(sum.times, 0.99),
  }
}
