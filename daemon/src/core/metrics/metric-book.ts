import type { SeriesName } from '@vastrox/shared/metric.ts'
import { addTimes, NO_TIMES, quantileOf, type Times } from '#ports/edge-histogram.ts'
import { kindOf, partsOf, PERCENTILES, TIMES } from '#core/metrics/metric-kinds.ts'
import { ceilTo, floorTo, resolutionFor, STEP_MS } from '#core/metrics/resolutions.ts'
import { createSeriesReader } from '#core/metrics/series-reader.ts'
import { shownColumns } from '#core/metrics/shown-columns.ts'
import type { Clock } from '#ports/clock.ts'
import type { MetricValue, StepValues } from '#store/metrics-columns.ts'
import type { MetricsStore, Report } from '#store/metrics-store.ts'

export type OnTick = (
  at: Date,
  latest: (series: SeriesName) => number | undefined,
  all: (prefix: string) => Iterable<[SeriesName, number]>,
) => void

interface Deps {
  store: MetricsStore
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** What is not measured anew for so long is nothing that is so now. */
const LATEST_MS = 3 * STEP_MS
/** Steps that wait to be written, where the database takes nothing; five minutes of them. */
const MOST_PENDING = 20
const MAX_POINTS = 2_000
const SOON_MS = 200

/** Where values come together: gathered by step, written once a step, told to who listens, and read. */
export function createMetricBook({ store, clock, onProblem }: Deps) {
  const pending = new Map<number, StepValues>()
  const latest = new Map<string, { at: number; values: Map<string, MetricValue> }>()
  const listeners = new Set<OnTick>()
  const readSeries = createSeriesReader({ store })
  /** Reports that are in steps which are not written yet. */
  const reports = new Map<string, Report & { step: number; settle: (error?: unknown) => void }>()
  let isWritingSoon = false
  let lastSample: string | undefined
  let knownUntil: number | undefined

  function valuesOf(step: number, subject: string): Map<string, MetricValue> {
    const ofStep = pending.get(step) ?? new Map<string, Map<string, MetricValue>>()
    pending.set(step, ofStep)
    const values = ofStep.get(subject) ?? new Map<string, MetricValue>()
    ofStep.set(subject, values)
    return values
  }

  function addTo(step: number, subject: string, metric: string, value: number): void {
    if (!Number.isFinite(value)) return
    const values = valuesOf(step, subject)
    const before = values.get(metric)
    const isSum = kindOf(subject, metric) !== 'gauge' && typeof before === 'number'
    values.set(metric, isSum ? before + value : value)
  }

  function addTimesTo(step: number, subject: string, times: Times): void {
    const values = valuesOf(step, subject)
    const before = values.get(TIMES) ?? NO_TIMES
    if (typeof before !== 'number') values.set(TIMES, addTimes(before, times))
  }

  /** Writes every step that began before; in one transaction. */
  function write(before: number): number[] {
    const steps = [...pending.keys()].filter((at) => at < before).toSorted((a, b) => a - b)
    if (steps.length === 0) return []
    const ticks = steps.flatMap((at) => {
      const values = pending.get(at)
      return values ? [{ at, values }] : []
    })
    const kept = [...reports.values()].filter(({ step }) => step < before)
    try {
      store.addTicks(ticks, { lastSample, reports: kept })
    } catch (error) {
      onProblem('measurements could not be written', error)
      for (const at of steps.slice(0, Math.max(0, pending.size - MOST_PENDING))) forget(at, error)
      return []
    }
    for (const report of kept) {
      reports.delete(nameOf(report))
      report.settle()
    }
    // What is later than now is from before somebody has put the clock back.
    const now = clock.now().getTime()
    for (const { at, values } of ticks) {
      pending.delete(at)
      knownUntil = Math.max(Math.min(knownUntil ?? 0, now), at + STEP_MS)
      for (const [subject, of] of values) {
        const known = latest.get(subject)
        if (!known || known.at < at || known.at > now) latest.set(subject, { at, values: of })
        else if (known.at === at) for (const [metric, value] of of) known.values.set(metric, value)
      }
    }
    return steps
  }

  /** There is no room for it. Whoever has told it keeps it. */
  function forget(step: number, error: unknown): void {
    pending.delete(step)
    for (const [name, report] of reports)
      if (report.step === step) {
        reports.delete(name)
        report.settle(error)
      }
  }

  function writtenUntil(): number {
    return knownUntil ?? floorTo(clock.now().getTime(), STEP_MS)
  }

  /** By the clock too: where nothing at all is measured any more, nothing is so now. */
  const freshFrom = (): number =>
    Math.max(knownUntil ?? 0, floorTo(clock.now().getTime(), STEP_MS) - STEP_MS) - LATEST_MS

  function latestOf(series: SeriesName): number | undefined {
    const { subject, metric } = partsOf(series)
    const known = latest.get(subject)
    if (!known || known.at < freshFrom()) return undefined
    return shownNow(subject, known.values, metric)
  }

  function* allOf(prefix: string): Iterable<[SeriesName, number]> {
    for (const [subject, { at, values }] of latest) {
      if (!subject.startsWith(prefix) || at < freshFrom()) continue
      for (const metric of namesOf(values)) {
        const value = shownNow(subject, values, metric)
        if (value !== undefined) yield [`${subject}/${metric}`, value]
      }
    }
  }

  return {
    /** Brings in what others measure. Kept with the step that the moment is in. */
    add(at: Date, series: SeriesName, value: number): void {
      const { subject, metric } = partsOf(series)
      addTo(floorTo(at.getTime(), STEP_MS), subject, metric, value)
    },
    addTo,
    addTimesTo,
    noteSample: (at: string): void => {
      lastSample = at
    },
    waiting: (): number => pending.size,
    write,
    /** What is late, without waiting for the end of this step. */
    writeSoon(): void {
      if (isWritingSoon) return
      isWritingSoon = true
      void clock.sleep(SOON_MS).then(() => {
        isWritingSoon = false
        write(floorTo(clock.now().getTime(), STEP_MS))
      })
    },
    /** True where it was taken already. */
    hasReport: (report: Report): boolean => reports.has(nameOf(report)) || store.hasReport(report),
    /** Resolves once the step that it ends in is written; rejects where it cannot be kept. */
    keepReport(report: Report, step: number): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const { source, number } = report
      reports.set(nameOf(report), {
        source,
        number,
        step,
        settle: (error) => (error === undefined ? resolve() : reject(error)),
      })
      return promise
    },

    /** Writes what is over, and tells who listens. */
    tick(): void {
      const now = floorTo(clock.now().getTime(), STEP_MS)
      write(now)
      for (const [subject, { at }] of latest)
        if (at < freshFrom() || at > now) latest.delete(subject)
      for (const listener of listeners)
        try {
          listener(new Date(now), latestOf, allOf)
        } catch (error) {
          onProblem('measurements could not be looked at', error)
        }
    },

    /** Called once per 15 s after the samples of a tick are kept. Returns the way to stop. */
    onTick: (listener: OnTick): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** As it is now: undefined where it was not measured in the last 45 s. */
    latest: latestOf,
    /** Of all series whose name begins so. */
    all: allOf,
    /** Where what is written ends. */
    knownUntil: writtenUntil,
    readSeries,

    /**
     * Values of each series by steps of `stepMs` (a multiple of 15 s; at most 2,000 of them), the first
     * at `from`; null is a gap. Coarser where so much is not kept for that long: then the values repeat.
     */
    read(series: readonly SeriesName[], from: Date, to: Date, stepMs: number): (number | null)[][] {
      const start = floorTo(from.getTime(), stepMs)
      const end = Math.min(ceilTo(to.getTime(), stepMs), start + MAX_POINTS * stepMs)
      const points = Math.round((end - start) / stepMs)
      const now = clock.now().getTime()
      const { resolution } = resolutionFor(start, end, points + 1, now)
      const base = resolution.stepMs
      const span = { resolution, from: floorTo(start, base), to: ceilTo(end, base) }
      const isFiner = stepMs % base === 0
      const all = series.map(partsOf)
      const subjects = [...new Set(all.map(({ subject }) => subject))]
      const read = readSeries(
        subjects,
        isFiner ? { ...span, from: start, to: end, stepMs } : { ...span, stepMs: base },
      )
      const shown = new Map(
        subjects.map((subject, at) => [
          subject,
          shownColumns(read[at] ?? new Map(), {
            from: isFiner ? start : span.from,
            stepMs: isFiner ? stepMs : base,
            knownUntil: writtenUntil(),
          }),
        ]),
      )
      return all.map(({ subject, metric }) => {
        const values = shown.get(subject)?.get(metric)?.values ?? []
        return Array.from({ length: points }, (_, at) => {
          const place = isFiner ? at : Math.floor((start + at * stepMs - span.from) / base)
          return values[place] ?? null
        })
      })
    },
  }
}
const nameOf = ({ source, number }: Report): string => `${source} ${number}`

export type MetricBook = ReturnType<typeof createMetricBook>

function namesOf(values: ReadonlyMap<string, MetricValue>): string[] {
  const names = [...values.keys()].filter((metric) => metric !== TIMES)
  if (values.has(TIMES)) names.push('errorRate', ...Object.keys(PERCENTILES))
  return names
}

/** As people see it: by the second, and percentiles instead of a histogram. */
function shownNow(
  subject: string,
  values: ReadonlyMap<string, MetricValue>,
  metric: string,
): number | undefined {
  const share = Object.entries(PERCENTILES).find(([name]) => name === metric)?.[1]
  const times = values.get(TIMES)
  if (share !== undefined && typeof times === 'object') return quantileOf(times, share) ?? undefined
  const value = values.get(metric)
  if (metric === 'errorRate' && subject.startsWith('edge:')) return errorRateOf(values)
  if (typeof value !== 'number') return undefined
  return kindOf(subject, metric) === 'rate' ? (value * 1_000) / STEP_MS : value
}

function errorRateOf(values: ReadonlyMap<string, MetricValue>): number | undefined {
  const numberOf = (metric: string): number => {
    const value = values.get(metric)
    return typeof value === 'number' ? value : 0
  }
  const answered = numberOf('requests') - numberOf('gone')
  return answered > 0 ? (100 * numberOf('serverErrors')) / answered : undefined
}
