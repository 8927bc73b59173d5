import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerSample } from '@vastrox/shared/agent-api-metrics.ts'
import type { MetricQuery } from '@vastrox/shared/metric.ts'
import { createCompactor } from '#core/metrics/compactor.ts'
import { createEdgeReadings } from '#core/metrics/edge-readings.ts'
import { createEdgeTotals } from '#core/metrics/edge-totals.ts'
import { createMetricBook } from '#core/metrics/metric-book.ts'
import { kindOf } from '#core/metrics/metric-kinds.ts'
import { createMetricService } from '#core/metrics/metric-service.ts'
import { createSampleReadings } from '#core/metrics/sample-readings.ts'
import { addTime, addTimes, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'
import { createMetricsStore } from '#store/metrics-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { containerOf, sampleOf } from '#test/test-metrics.ts'

/**
 * So many days of so many apps through the readings, the book, the store and the compactor, with time faked:
 * each app has one instance with noise on everything, visitors at every step, and a release a day. Prints
 * one JSON object.
 */
const [days = 30, count = 100] = process.argv.slice(2).map(Number)
const STEP_MS = 15_000
const STEPS_AN_HOUR = 240
const START = Date.parse('2026-01-01T00:00:00.000Z')
const TURNS = 6
const folder = mkdtempSync(join(tmpdir(), 'vastrox-bench-metrics-'))
const path = join(folder, 'metrics.sqlite')

let now = START
const clock = {
  now: () => new Date(now),
  elapsedMs: () => now - START,
  sleep: async () => {},
}
const never = new AbortController().signal
const fail = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error })
}
const open = () =>
  createMetricsStore({ path, kindOf, addTimes, onBegunAnew: (aside, error) => fail(aside, error) })
const ids = Array.from({ length: count }, (_, at) => `app${String(at).padStart(9, '0')}`)
const store = open()
const book = createMetricBook({ store, clock, onProblem: fail })
const readings = createSampleReadings({ nodeName: 'local', addonOf: () => undefined })
const compactor = createCompactor({ store, clock })
let tell: Parameters<Proxy['onEdge']>[0] = () => {}
const edge = createEdgeReadings({
  proxy: {
    onEdge: (listener) => {
      tell = listener
      return () => {}
    },
    workers: () => [{ worker: 0, pid: 1, generation: 1 }],
  },
  book,
  totals: createEdgeTotals(),
  clock,
  apps: { listNamesForPlatform: () => ids.map((id) => ({ id, name: id })) },
})
edge.start()

/** The same in every run. */
let seed = 42
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

const containers: ContainerSample[] = ids.map((owner, at) =>
  containerOf({ owner, id: `c${at}`, memoryBytes: 1e8 + random() * 2e8 }),
)
const times = timeCounts()

function measure(): void {
  for (const one of containers) {
    one.cpuUsec += 200_000 + random() * 400_000
    one.memoryBytes = Math.max(5e7, one.memoryBytes + (random() - 0.5) * 2e6)
    one.receivedBytes += Math.round(random() * 50_000)
    one.sentBytes += Math.round(random() * 200_000)
    one.writtenBytes += random() < 0.3 ? 4_096 * Math.round(random() * 20) : 0
  }
  const release = 1 + Math.floor((now - START) / 86_400_000)
  const counts = ids.map((app, at): EdgeCounts => {
    const requests = 1 + Math.floor(random() * 30)
    for (let left = requests; left > 0; left -= 1) addTime(times, 5 + 60 * random() ** 3)
    const failed = random() < 0.02 ? 1 : 0
    return {
      app,
      route: `route${at}`,
      release,
      requests,
      statuses: [requests - failed, 0, 0, failed, 0],
      bytesIn: requests * 400,
      bytesOut: Math.round(requests * 8_000 * random()),
      times: takeTimes(times),
    }
  })
  void tell(
    {
      source: 'w0',
      number: 1 + Math.floor((now - START) / STEP_MS),
      fromMs: now - STEP_MS,
      toMs: now,
      counts,
      webSockets: {},
    },
    0,
  )
  const sample = sampleOf(
    new Date(now),
    containers.map((one) => ({ ...one })),
  )
  readings.read(sample, (subject, metric, value) =>
    book.addTo(now - STEP_MS, subject, metric, value),
  )
}

const spent = { measuring: 0, ticks: 0, compacting: 0 }
const began = performance.now()
let longestSlice = 0
for (let step = 0; step < days * 24 * STEPS_AN_HOUR; step += 1) {
  now += STEP_MS
  const at = performance.now()
  measure()
  edge.endStep(now - STEP_MS)
  const measured = performance.now()
  book.tick()
  spent.measuring += measured - at
  spent.ticks += performance.now() - measured
  if (step % STEPS_AN_HOUR === 24) {
    const compacting = performance.now()
    await compactor.run(never)
    const took = performance.now() - compacting
    spent.compacting += took
    longestSlice = Math.max(longestSlice, took)
  }
  if (step % (STEPS_AN_HOUR * 24) === 0)
    process.stderr.write(
      `day ${Math.floor(step / (STEPS_AN_HOUR * 24))}: ${Math.round(store.bytes() / 2 ** 20)} MB, ${Math.round((performance.now() - began) / 1_000)} s\n`,
    )
}
const steps = days * 24 * STEPS_AN_HOUR

/** Every chart that there is, over every span that people choose; the middle of its turns but the first. */
const service = createMetricService({
  book,
  store,
  apps: { find: () => appOf(ids[7] ?? '') },
  addons: { findByName: () => undefined },
  checks: { find: () => undefined },
  routes: {
    listForAppForPlatform: () => [],
  },
  marks: {
    alertsForPlatform: () => [],
    deploymentsForPlatform: () => [],
    crashesForPlatform: () => [],
    envChangesForPlatform: () => [],
  },
  nodeName: 'local',
  clock,
})
const actor = owner()
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
    createdAt: new Date(START).toISOString(),
    destroyedAt: null,
  }
}
const SPANS = { '1h': 1, '6h': 6, '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 }
const charts: Record<string, number> = {}
let slowestTurnMs = 0
for (const [span, hours] of Object.entries(SPANS))
  for (const by of ['app', 'instance', 'release', 'node'] as const) {
    const query: MetricQuery = {
      from: new Date(now - hours * 3_600_000).toISOString(),
      points: 400,
      by: by === 'node' ? 'app' : by,
    }
    const took = Array.from({ length: TURNS }, () => {
      const at = performance.now()
      if (by === 'node') service.ofNode(actor, 'local', query)
      else service.ofApp(actor, 'any', query)
      return performance.now() - at
    })
    const later = took.slice(1).toSorted((one, other) => one - other)
    charts[`${by} ${span}`] = round(later[Math.floor(later.length / 2)] ?? 0)
    slowestTurnMs = Math.max(slowestTurnMs, later.at(-1) ?? 0)
  }

const bytes = store.bytes()
store.close()
const fileBytes = statSync(path).size
const opening = performance.now()
open().close()
const openMs = round(performance.now() - opening)
rmSync(folder, { recursive: true, force: true })

process.stdout.write(
  `${JSON.stringify({
    days,
    apps: count,
    databaseMb: round(bytes / 2 ** 20),
    fileMb: round(fileBytes / 2 ** 20),
    msMeasuringATick: round(spent.measuring / steps),
    msATick: round(spent.ticks / steps),
    compactingMsAnHour: round(spent.compacting / (days * 24)),
    longestCompactingMs: round(longestSlice),
    openMs,
    slowestChartMs: Math.max(...Object.values(charts)),
    // With whatever else the machine was busy with.
    slowestTurnMs: round(slowestTurnMs),
    charts,
  })}\n`,
)

function round(value: number): number {
  return Math.round(value * 100) / 100
}
