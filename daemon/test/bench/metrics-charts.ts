import { readFileSync, statSync } from 'node:fs'
import type { MetricQuery } from '@vastrox/shared/metric.ts'
import { createMetricBook } from '#core/metrics/metric-book.ts'
import { kindOf } from '#core/metrics/metric-kinds.ts'
import { createMetricService } from '#core/metrics/metric-service.ts'
import { addTimes } from '#ports/edge-histogram.ts'
import { createMetricsStore } from '#store/metrics-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { benchApps, type MonthFacts, roundTo2 } from '#test/bench/metrics-facts.ts'

/**
 * FILE: opens what metrics-month.ts has made, and asks for every chart that there is, over every span that
 * people choose; the middle of its turns but the first. Prints one JSON object.
 */
const [path = ''] = process.argv.slice(2)
const TURNS = 6
const SPANS = { '1h': 1, '6h': 6, '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 }
const facts: MonthFacts = JSON.parse(readFileSync(`${path}.json`, 'utf8'))
const now = facts.endMs
const actor = owner()
const clock = { now: () => new Date(now), elapsedMs: () => 0, sleep: async () => {} }
const fail = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error })
}

const opening = performance.now()
const store = createMetricsStore({ path, kindOf, addTimes, onBegunAnew: fail })
const openMs = roundTo2(performance.now() - opening)
const service = createMetricService({
  book: createMetricBook({ store, clock, onProblem: fail }),
  store,
  apps: { find: () => appOf(benchApps(facts.apps)[Math.min(7, facts.apps - 1)] ?? '') },
  addons: { findByName: () => undefined },
  checks: { find: () => undefined },
  routes: { listForAppForPlatform: () => [] },
  marks: {
    alertsForPlatform: () => [],
    deploymentsForPlatform: () => [],
    crashesForPlatform: () => [],
    envChangesForPlatform: () => [],
  },
  nodeName: 'local',
  clock,
})
function appOf(id: string) {
  return {
    id,
    teamId: actor.teamId,
    name: id,
    stack: null,
    settings: JSON.parse('{}'),
    scale: {},
    processLimits: {},
    wanted: true,
    liveReleaseId: null,
    createdAt: new Date(0).toISOString(),
    destroyedAt: null,
  }
}

const charts: Record<string, number> = {}
const values: Record<string, number> = {}
let slowestTurnMs = 0
for (const [span, hours] of Object.entries(SPANS))
  for (const by of ['app', 'instance', 'release', 'node'] as const) {
    const query: MetricQuery = {
      from: new Date(now - hours * 3_600_000).toISOString(),
      points: 400,
      by: by === 'node' ? 'app' : by,
    }
    const ask = () =>
      by === 'node' ? service.ofNode(actor, 'local', query) : service.ofApp(actor, 'any', query)
    const took = Array.from({ length: TURNS }, () => {
      const at = performance.now()
      const { series } = ask()
      values[`${by} ${span}`] = series.reduce(
        (sum, one) => sum + one.values.filter((value) => value !== null).length,
        0,
      )
      return performance.now() - at
    })
    const later = took.slice(1).toSorted((one, other) => one - other)
    charts[`${by} ${span}`] = roundTo2(later[Math.floor(later.length / 2)] ?? 0)
    slowestTurnMs = Math.max(slowestTurnMs, later.at(-1) ?? 0)
  }
store.close()

process.stdout.write(
  `${JSON.stringify({
    ...facts,
    fileMb: roundTo2(statSync(path).size / 2 ** 20),
    openMs,
    slowestChartMs: Math.max(...Object.values(charts)),
    // With whatever else the machine was busy with.
    slowestTurnMs: roundTo2(slowestTurnMs),
    charts,
    // How many values each has: a chart of nothing is fast.
    values,
  })}\n`,
)
