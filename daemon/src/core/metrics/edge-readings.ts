import { createOpenSockets } from '#core/metrics/open-sockets.ts'
import type { EdgeTotals } from '#core/metrics/edge-totals.ts'
import type { MetricBook } from '#core/metrics/metric-book.ts'
import { floorTo, STEP_MS } from '#core/metrics/resolutions.ts'
import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { EdgeCounts, EdgeReport } from '#ports/routing-snapshot.ts'
import type { AppStore } from '#store/app-store.ts'

interface Deps {
  proxy: Pick<Proxy, 'onEdge' | 'workers'>
  book: Pick<MetricBook, 'addTo' | 'addTimesTo' | 'hasReport' | 'keepReport' | 'writeSoon'>
  totals: Pick<EdgeTotals, 'add' | 'keepOnly'>
  clock: Clock
  apps: Pick<AppStore, 'listNamesForPlatform'>
}

/** Of one app in one step: releases and routes; what is more counts for the app alone. */
const MAX_PARTS = 100
const STATUSES = ['ok', 'redirected', 'clientErrors', 'serverErrors', 'gone'] as const
const RATES = ['requests', ...STATUSES, 'bytesIn', 'bytesOut'] as const
/** Of one report: what a worker has put together of a longer time is laid into the last hour of it. */
const MOST_STEPS = 240

/** What the proxy's workers tell, by app, release and route. */
export function createEdgeReadings({ proxy, book, totals, clock, apps }: Deps) {
  const sockets = createOpenSockets(clock)
  let parts = { step: 0, of: new Map<string, Set<string>>() }
  let ids = new Map<string, string>()
  let stop: (() => void) | undefined

  /** What is of no app any more is nobody's. */
  function appIdOf(name: string): string | undefined {
    if (!ids.has(name)) readNames()
    return ids.get(name)
  }

  function readNames(): void {
    ids = new Map(apps.listNamesForPlatform().map(({ name, id }) => [name, id]))
  }

  /** What was put together while nobody was there to take it is laid out evenly. */
  function count(steps: readonly number[], subject: string, counts: EdgeCounts): void {
    const values = valuesOf(counts)
    for (const [place, step] of steps.entries())
      for (const [at, metric] of RATES.entries())
        book.addTo(step, subject, metric, share(values[at] ?? 0, place, steps.length))
    book.addTimesTo(steps.at(-1) ?? 0, subject, counts.times)
  }

  function isRoomFor(step: number, appId: string, part: string): boolean {
    if (parts.step !== step) parts = { step, of: new Map() }
    const known = parts.of.get(appId) ?? new Set<string>()
    parts.of.set(appId, known)
    if (!known.has(part) && known.size >= MAX_PARTS) return false
    known.add(part)
    return true
  }

  async function take(report: EdgeReport, worker: number): Promise<void> {
    if (book.hasReport(report)) return
    const steps = stepsOf(report)
    const last = steps.at(-1) ?? 0
    for (const counts of report.counts) {
      const appId = appIdOf(counts.app)
      if (appId === undefined) continue
      totals.add(appId, counts)
      count(steps, `edge:${appId}`, counts)
      for (const part of [`release.${counts.release}`, `route.${counts.route}`])
        if (isRoomFor(last, appId, part)) count(steps, `edge:${appId}/${part}`, counts)
    }
    noteOpen(report, worker, last)
    const now = floorTo(clock.now().getTime(), STEP_MS)
    // Of more there is more to come, once this is kept.
    if (last < now - STEP_MS) book.writeSoon()
    await book.keepReport(report, last)
  }

  /** All workers together; the last word of a step counts. */
  function noteOpen(report: EdgeReport, worker: number, step: number): void {
    sockets.note(worker, report)
    for (const [name, open] of sockets.byApp()) {
      const appId = appIdOf(name)
      if (appId !== undefined) book.addTo(step, `edge:${appId}`, 'webSockets', open)
    }
    const parts = new Map<string, { appId: string; part: string; open: number }>()
    for (const { app, route, release, open } of sockets.byPart()) {
      const appId = appIdOf(app)
      if (appId === undefined) continue
      for (const part of [`release.${release}`, `route.${route}`]) {
        const key = `${appId}/${part}`
        parts.set(key, { appId, part, open: open + (parts.get(key)?.open ?? 0) })
      }
    }
    for (const [key, { appId, part, open }] of parts)
      if (isRoomFor(step, appId, part)) book.addTo(step, `edge:${key}`, 'webSockets', open)
  }

  return {
    start(): void {
      stop ??= proxy.onEdge(take)
    },
    stop(): void {
      stop?.()
      stop = undefined
    },

    /** Where workers are there, an app without visitors has had none, and that is no gap. */
    endStep(step: number): void {
      readNames()
      totals.keepOnly(new Set(ids.values()))
      if (proxy.workers().length === 0) return
      for (const appId of ids.values())
        for (const metric of RATES) book.addTo(step, `edge:${appId}`, metric, 0)
    },

    /** WebSockets that are open now. */
    sockets,
  }
}
export type EdgeReadings = ReturnType<typeof createEdgeReadings>

/** In the order of RATES. */
const valuesOf = ({ requests, statuses, bytesIn, bytesOut }: EdgeCounts): number[] => [
  requests,
  ...STATUSES.map((_, at) => statuses[at] ?? 0),
  bytesIn,
  bytesOut,
]

/** The steps that a report is of; the last one has its end. */
function stepsOf({ fromMs, toMs }: EdgeReport): number[] {
  const last = floorTo(Math.max(fromMs, toMs - 1), STEP_MS)
  const first = Math.max(floorTo(fromMs, STEP_MS), last - (MOST_STEPS - 1) * STEP_MS)
  return Array.from({ length: (last - first) / STEP_MS + 1 }, (_, at) => first + at * STEP_MS)
}

/** Whole ones, that add up to the sum. */
const share = (sum: number, place: number, places: number): number =>
  Math.floor((sum * (place + 1)) / places) - Math.floor((sum * place) / places)
