import { writeFileSync } from 'node:fs'
import type { ContainerSample } from '@vastrox/shared/agent-api-metrics.ts'
import { createCompactor } from '#core/metrics/compactor.ts'
import { createEdgeReadings } from '#core/metrics/edge-readings.ts'
import { createEdgeTotals } from '#core/metrics/edge-totals.ts'
import { createMetricBook } from '#core/metrics/metric-book.ts'
import { kindOf } from '#core/metrics/metric-kinds.ts'
import { RESOLUTIONS, STEP_MS } from '#core/metrics/resolutions.ts'
import { createSampleReadings } from '#core/metrics/sample-readings.ts'
import { addTime, addTimes, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'
import { createMetricsStore, type MetricsStore } from '#store/metrics-store.ts'
import { containerOf, sampleOf } from '#test/test-metrics.ts'
import { benchApps, type MonthFacts, roundTo2 } from '#test/bench/metrics-facts.ts'

/**
 * FILE DAYS APPS [--whole]: so many days of so many apps through the readings, the book, the store and the
 * compactor, with time faked: each app has one instance with noise on everything, visitors at every step,
 * and a release a day. What it was is written to FILE.json, for metrics-charts.ts.
 *
 * Only the last 7 to 13 days are lived through, unless `--whole` is given: of the weeks before nothing is
 * left at the end but whole blocks of a week by 15 minutes, and those are the ones of the first week that
 * was lived through, with the releases renamed.
 */
const [path = '', daysText, appsText, how] = process.argv.slice(2)
const days = Number(daysText)
const count = Number(appsText)
const DAY_MS = 86_400_000
const STEPS_AN_HOUR = 240
/** A Thursday: blocks of a week begin there. */
const START = Date.parse('2026-01-01T00:00:00.000Z')
const [, , COARSEST] = RESOLUTIONS
const WEEK_DAYS = COARSEST.blockMs / DAY_MS
const copies = how === '--whole' ? 0 : Math.max(0, Math.floor(days / WEEK_DAYS) - 1)
const livedFrom = START + copies * COARSEST.blockMs

let now = livedFrom
const clock = {
  now: () => new Date(now),
  elapsedMs: () => now - livedFrom,
  sleep: async () => {},
}
const never = new AbortController().signal
const fail = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error })
}
const ids = benchApps(count)
const store = createMetricsStore({ path, kindOf, addTimes, onBegunAnew: fail })
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
  const release = 1 + Math.floor((now - START) / DAY_MS)
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
const steps = ((START + days * DAY_MS - livedFrom) / DAY_MS) * 24 * STEPS_AN_HOUR
let longestSlice = 0
for (let step = 0; step < steps; step += 1) {
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
      `day ${Math.floor((now - START) / DAY_MS)}: ${Math.round(store.bytes() / 2 ** 20)} MB, ${Math.round((performance.now() - began) / 1_000)} s\n`,
    )
}
for (let back = 1; back <= copies; back += 1) copyWeek(store, livedFrom, back)

/** The week that began at `at`, so many weeks earlier. */
function copyWeek(of: MetricsStore, at: number, weeks: number): void {
  const { stepMs, blockMs } = COARSEST
  for (const subject of of.listSubjects('')) {
    const [block] = of.readBlocks(subject, stepMs, at, at + 1)
    if (!block) continue
    const earlier = subject.replace(
      /\/release\.(\d+)$/,
      (_, release: string) => `/release.${Number(release) - weeks * WEEK_DAYS}`,
    )
    of.saveBlocks(earlier, [
      { resolution: stepMs, at: at - weeks * blockMs, columns: block.columns },
    ])
  }
}

const facts: MonthFacts = {
  days,
  apps: count,
  livedDays: Math.round((now - livedFrom) / DAY_MS),
  endMs: now,
  databaseMb: roundTo2(store.bytes() / 2 ** 20),
  msMeasuringATick: roundTo2(spent.measuring / steps),
  msATick: roundTo2(spent.ticks / steps),
  compactingMsAnHour: roundTo2(spent.compacting / (steps / STEPS_AN_HOUR)),
  longestCompactingMs: roundTo2(longestSlice),
}
store.close()
writeFileSync(`${path}.json`, JSON.stringify(facts))
