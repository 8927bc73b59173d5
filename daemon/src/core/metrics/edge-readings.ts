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
/** Where a worker says nothing for so long, its open WebSockets are nobody's any more. */
const REPORT_IS_OLD_MS = 60_000
const STATUSES = ['ok', 'redirected', 'clientErrors', 'serverErrors', 'gone'] as const
const RATES = ['requests', ...STATUSES, 'bytesIn', 'bytesOut'] as const
/** Of one report: what a worker has put together of a longer time is laid into the last hour of it. */
const MOST_STEPS = 240

/** What the proxy's workers tell, by app, release and route. */
export function createEdgeReadings({ proxy, book, totals, clock, apps }: Deps) {
  const webSockets = new Map<number, { at: number; open: Record<string, number> }>()
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
  function noteOpen({ webSockets: open }: EdgeReport, worker: number, step: number): void {
    webSockets.set(worker, { at: clock.elapsedMs(), open })
    const sums = new Map<string, number>()
    for (const { at, open: theirs } of webSockets.values())
      if (at >= clock.elapsedMs() - REPORT_IS_OLD_MS)
        for (const [name, count] of Object.entries(theirs))
          sums.set(name, (sums.get(name) ?? 0) + count)
    for (const [name, count] of sums) {
      const appId = appIdOf(name)
      if (appId !== undefined) book.addTo(step, `edge:${appId}`, 'webSockets', count)
    }
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

    /** Now, of one app by its name. */
    openOf: (name: string): number =>
      [...webSockets.values()]
        .filter(({ at }) => at >= clock.elapsedMs() - REPORT_IS_OLD_MS)
        .reduce((sum, { open }) => sum + (open[name] ?? 0), 0),
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
