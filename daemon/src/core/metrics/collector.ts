import type { Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { Compactor } from '#core/metrics/compactor.ts'
import type { EdgeReadings } from '#core/metrics/edge-readings.ts'
import type { MetricBook } from '#core/metrics/metric-book.ts'
import { COMPACT_AFTER_MS, FINEST, floorTo, STEP_MS } from '#core/metrics/resolutions.ts'
import { createSampleReadings, type SampledAddon } from '#core/metrics/sample-readings.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'
import type { MetricsStore } from '#store/metrics-store.ts'

interface Deps {
  node: NodeMetrics
  nodeName: string
  book: MetricBook
  edge: Pick<EdgeReadings, 'start' | 'stop' | 'endStep'>
  store: Pick<MetricsStore, 'lastSample' | 'oldestTick'>
  /** The add-on that a server of the node is of; undefined where it is of none that is kept. */
  addonOf: (serverId: string) => SampledAddon | undefined
  /** Loaded once an hour is over. */
  loadCompactor: () => Promise<Pick<Compactor, 'run'>>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** After the end of a step, for what is measured at its end to have come. */
const LATE_MS = 3_000
const DIAL_AGAIN_MS = 5_000
/** Of what is taken up from an agent that went on while we were away, in one write. */
const STEPS_AT_ONCE = 8
const SAMPLE_IS_OLD_MS = 60_000
/** After a start, until what others have kept meanwhile is in its steps. */
const CATCH_UP_MS = 3 * 60_000
/** A sample is taken at the end of its step, a little early at most. */
const EARLY_MS = 1_000

/** Brings samples of the node and reports of the proxy into the book, and keeps the book in order. */
export function createCollector(deps: Deps) {
  const { node, book, edge, store, clock, onProblem } = deps
  const readings = createSampleReadings(deps)
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<unknown> | undefined
  /** The newest that is in the book. */
  let last: string | undefined
  let compacting: Promise<void> | undefined
  let startedAt = clock.elapsedMs()

  function take(sample: Sample): void {
    // Somebody has put the clock back while samples came: this one is new all the same.
    if (last !== undefined && Date.parse(last) > clock.now().getTime() + STEP_MS) last = undefined
    // Asked for again, to measure from.
    if (last !== undefined && sample.at <= last) {
      readings.remember(sample)
      return
    }
    const step = floorTo(Date.parse(sample.at) + EARLY_MS, STEP_MS) - STEP_MS
    readings.read(sample, (subject, metric, value) => book.addTo(step, subject, metric, value))
    // Before it is said to be the newest that is kept: its own step is not over.
    if (book.waiting() > STEPS_AT_ONCE) book.write(step)
    last = sample.at
    book.noteSample(sample.at)
  }

  async function follow(): Promise<void> {
    let isAway = false
    while (!signal.aborted) {
      try {
        // Where somebody has put the clock back, what comes is not older than what there is.
        const now = clock.now().toISOString()
        if (last !== undefined && last > now) last = now
        // The last one once more: what came after is measured from it.
        const since = last === undefined ? null : new Date(Date.parse(last) - 1).toISOString()
        for await (const sample of node.readSamples({ since, follow: true }, signal)) {
          isAway = false
          take(sample)
        }
      } catch (error) {
        // It keeps what it measures until we are back.
        if (!signal.aborted && !isAway) onProblem('samples of the node could not be read', error)
        isAway = true
      }
      await clock.sleep(DIAL_AGAIN_MS, signal).catch(ended)
    }
  }

  async function keepTime(): Promise<void> {
    while (!signal.aborted) {
      const now = clock.now().getTime()
      const next = floorTo(now - LATE_MS, STEP_MS) + STEP_MS + LATE_MS
      await clock.sleep(next - now, signal).catch(ended)
      if (signal.aborted) return
      const step = floorTo(clock.now().getTime(), STEP_MS)
      edge.endStep(step - STEP_MS)
      book.tick()
      startCompacting()
    }
  }

  /** Once an hour is over; what comes meanwhile is written all the same. */
  function startCompacting(): void {
    if (clock.elapsedMs() - startedAt < CATCH_UP_MS) return
    const end = floorTo(clock.now().getTime() - COMPACT_AFTER_MS, FINEST.blockMs)
    if (compacting || (store.oldestTick() ?? end) >= end) return
    compacting = deps
      .loadCompactor()
      .then((compactor) => compactor.run(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) onProblem('measurements could not be put together', error)
      })
      .finally(() => {
        compacting = undefined
      })
  }

  return {
    /** The newest; undefined where there is none of the last minute. */
    lastSample(): Sample | undefined {
      const sample = readings.last()
      const age = sample && clock.now().getTime() - Date.parse(sample.at)
      return age !== undefined && age < SAMPLE_IS_OLD_MS ? sample : undefined
    },

    start(): void {
      last ??= store.lastSample()
      startedAt = clock.elapsedMs()
      edge.start()
      running ??= Promise.all([follow(), keepTime()])
    },
    /** What is over is written. */
    async stop(): Promise<void> {
      edge.stop()
      stopping.abort()
      await running
      await compacting
      book.write(floorTo(clock.now().getTime(), STEP_MS) + STEP_MS)
    },
  }
}
export type Collector = ReturnType<typeof createCollector>

function ended(): void {
  // Stopping.
}
