import type { InstanceCounts } from '#ports/routing-snapshot.ts'

/** What was counted for some instances over a time. */
export interface Traffic {
  requests: number
  serverErrors: number
  latency: number[]
  /** Reports that held an error: one a second, so a burst at one moment is one. */
  reportsWithErrors: number
}

export const noTraffic = (): Traffic => ({
  requests: 0,
  serverErrors: 0,
  latency: [],
  reportsWithErrors: 0,
})

export function addCounts(traffic: Traffic, counts: readonly InstanceCounts[]): Traffic {
  const latency = [...traffic.latency]
  for (const one of counts)
    for (const [at, count] of one.latency.entries()) latency[at] = (latency[at] ?? 0) + count
  const errors = counts.reduce((sum, one) => sum + one.serverErrors + one.connectFailures, 0)
  return {
    requests: traffic.requests + counts.reduce((sum, one) => sum + one.requests, 0),
    serverErrors: traffic.serverErrors + errors,
    latency,
    reportsWithErrors: traffic.reportsWithErrors + (errors > 0 ? 1 : 0),
  }
}

export const sumOf = (some: readonly Traffic[]): Traffic =>
  some.reduce(
    (sum, one) => ({
      requests: sum.requests + one.requests,
      serverErrors: sum.serverErrors + one.serverErrors,
      latency: Array.from(
        { length: Math.max(sum.latency.length, one.latency.length) },
        (_, at) => (sum.latency[at] ?? 0) + (one.latency[at] ?? 0),
      ),
      reportsWithErrors: sum.reportsWithErrors + one.reportsWithErrors,
    }),
    noTraffic(),
  )

/** A release that has done well for minutes must not be forgiven for what it does now. */
const LATELY_MS = 10_000

/** The traffic of instances since the watch began, and of the last ten seconds of it. */
export function createRunningTraffic(nowMs: () => number) {
  let all = noTraffic()
  let reports: { atMs: number; traffic: Traffic }[] = []

  return {
    add(counts: readonly InstanceCounts[]): void {
      all = addCounts(all, counts)
      const atMs = nowMs()
      reports.push({ atMs, traffic: addCounts(noTraffic(), counts) })
      reports = reports.filter((report) => atMs - report.atMs < LATELY_MS)
    },
    /** Why it is worse than the release before, taken as a whole or lately. */
    judge: (before: Traffic, bounds: readonly number[]): string | undefined =>
      judgeTraffic(all, before, bounds) ??
      judgeTraffic(sumOf(reports.map(({ traffic }) => traffic)), before, bounds),
  }
}

/** The upper bound in milliseconds under which 95 of 100 answers stayed; undefined for none. */
export function percentile95(traffic: Traffic, bounds: readonly number[]): number | undefined {
  const total = traffic.latency.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let seen = 0
  for (const [at, count] of traffic.latency.entries()) {
    seen += count
    if (seen >= total * 0.95) return bounds[at] ?? (bounds.at(-1) ?? 0) * 2
  }
  return undefined
}

/** An innocent release must not be reverted: below these nothing is said about it. */
const MIN_REQUESTS = 20
const MIN_ERRORS = 10
const MIN_REPORTS_WITH_ERRORS = 3
const MIN_ERROR_RATE = 0.25
const ERROR_RATE_ABOVE_BEFORE = 0.15
const MIN_REQUESTS_FOR_LATENCY = 200
const SLOW_MS = 1_000
const TIMES_SLOWER = 5

/** Why the new release is worse than the one before, in one line; undefined where it is not. */
export function judgeTraffic(
  fresh: Traffic,
  before: Traffic,
  bounds: readonly number[],
): string | undefined {
  const rate = rateOf(fresh)
  const failsMore =
    fresh.requests >= MIN_REQUESTS &&
    fresh.serverErrors >= MIN_ERRORS &&
    fresh.reportsWithErrors >= MIN_REPORTS_WITH_ERRORS &&
    rate >= MIN_ERROR_RATE &&
    rate >= rateOf(before) + ERROR_RATE_ABOVE_BEFORE
  if (failsMore)
    return `${fresh.serverErrors} of ${fresh.requests} requests failed (before: ${percent(rateOf(before))})`

  const slowNow = percentile95(fresh, bounds)
  const slowBefore = percentile95(before, bounds)
  const isSlower =
    slowNow !== undefined &&
    slowBefore !== undefined &&
    fresh.requests >= MIN_REQUESTS_FOR_LATENCY &&
    before.requests >= MIN_REQUESTS_FOR_LATENCY &&
    slowNow >= SLOW_MS &&
    slowNow >= slowBefore * TIMES_SLOWER
  return isSlower ? `answers take ${slowNow} ms (p95; before: ${slowBefore} ms)` : undefined
}

const rateOf = ({ requests, serverErrors }: Traffic): number =>
  requests === 0 ? 0 : serverErrors / requests
const percent = (rate: number): string => `${Math.round(rate * 100)} %`
