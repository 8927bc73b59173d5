import { deploymentFloorOf, floorOf } from '@vastrox/shared/disk-floor.ts'
import type { Latest } from '#core/alerts/metric-source.ts'

/** Reads a value at a tick; undefined where it was not measured, or there is too little to tell. */
export type Reader = (latest: Latest, at: number) => number | undefined

export interface ReaderDeps {
  /** Days until a disk is full, by the ledger's forecast; undefined where it does not fill. */
  daysToFull: (disk: string, availableBytes: number, at: number) => number
  /** What p95 of an app is usual, in ms; undefined as long as nobody knows. */
  usualP95: (edge: string, at: number) => number | undefined
}

/** Visitors are looked at over two minutes: one answer in a quiet quarter of a minute is no rate. */
const EDGE_TICKS = 8
/** Fewer failed answers in that time are an accident. */
const LEAST_ERRORS = 5
const TICK_SECONDS = 15
/** Nobody feels what is below. */
const LEAST_USUAL_MS = 100

/** The reader of a metric of a subject (`disk:local/data`), a derived one included. */
export function readerOf(
  of: string,
  subject: string,
  metric: string,
  minRequests: number | undefined,
  deps: ReaderDeps,
): Reader {
  const bare =
    of === 'edge' ? edgeReader(subject, metric, deps) : plainReader(subject, metric, deps)
  if (minRequests === undefined || of !== 'edge') return bare
  const requests = meanOf(`${subject}/requests`)
  return (latest, at) => {
    const rate = requests(latest, at)
    const value = bare(latest, at)
    return rate === undefined || rate < minRequests ? undefined : value
  }
}

function plainReader(subject: string, metric: string, deps: ReaderDeps): Reader {
  const name = (of: string): string => `${subject}/${of}`
  if (metric === 'availablePercent') return shareOf(name('available'), name('total'))
  if (metric === 'memoryAvailablePercent')
    return shareOf(name('memoryAvailable'), name('memoryTotal'))
  if (metric === 'swapPercent') return shareOf(name('swap'), name('swapTotal'))
  if (metric === 'memoryPercent') return shareOf(name('memory'), name('memoryLimit'))
  if (metric === 'connectionsPercent') return shareOf(name('connections'), name('maxConnections'))
  if (metric === 'swapBothWays') return leastOf(name('swapIn'), name('swapOut'))
  if (metric === 'floorPercent') return floorShare(name('available'), name('total'))
  if (metric === 'daysToFull') {
    const available = name('available')
    return (latest, at) => {
      const bytes = latest(available)
      return bytes === undefined ? undefined : deps.daysToFull(subject, bytes, at)
    }
  }
  const series = name(metric)
  return (latest) => latest(series)
}

function edgeReader(subject: string, metric: string, deps: ReaderDeps): Reader {
  if (metric === 'errorRate') return errorRate(subject)
  if (metric === 'p95OfUsual') {
    const p95 = middleOf(`${subject}/p95`)
    return (latest, at) => {
      const now = p95(latest, at)
      const usual = deps.usualP95(subject, at)
      if (now === undefined || usual === undefined) return undefined
      return (100 * now) / Math.max(usual, LEAST_USUAL_MS)
    }
  }
  return meanOf(`${subject}/${metric}`)
}

function shareOf(part: string, whole: string): Reader {
  return (latest) => {
    const some = latest(part)
    const all = latest(whole)
    return some === undefined || all === undefined || all <= 0 ? undefined : (100 * some) / all
  }
}

function leastOf(one: string, other: string): Reader {
  return (latest) => {
    const some = latest(one)
    const more = latest(other)
    return some === undefined || more === undefined ? undefined : Math.min(some, more)
  }
}

function floorShare(available: string, total: string): Reader {
  return (latest) => {
    const free = latest(available)
    const bytes = latest(total)
    if (free === undefined || bytes === undefined || bytes <= 0) return undefined
    return (100 * free) / Math.max(1, deploymentFloorOf({ bytes, floorBytes: floorOf(bytes) }))
  }
}

/** A ring of the last values; one that is read twice at a tick is kept once. */
function ring(series: string) {
  const values = new Float64Array(EDGE_TICKS).fill(Number.NaN)
  let next = 0
  let lastAt = Number.NaN
  return {
    values,
    take(latest: Latest, at: number): void {
      if (at === lastAt) return
      lastAt = at
      values[next] = latest(series) ?? Number.NaN
      next = (next + 1) % EDGE_TICKS
    },
  }
}

function sum(values: Float64Array): { total: number; count: number } {
  let total = 0
  let count = 0
  for (const value of values)
    if (!Number.isNaN(value)) {
      total += value
      count += 1
    }
  return { total, count }
}

/** The mean of the last two minutes. */
function meanOf(series: string): Reader {
  const kept = ring(series)
  return (latest, at) => {
    kept.take(latest, at)
    const { total, count } = sum(kept.values)
    return count === 0 ? undefined : total / count
  }
}

/** The middle one of the last two minutes: one slow quarter of a minute is nothing. */
function middleOf(series: string): Reader {
  const kept = ring(series)
  const sorted = new Float64Array(EDGE_TICKS)
  return (latest, at) => {
    kept.take(latest, at)
    sorted.set(kept.values)
    // Whatever is not a number comes last.
    sorted.sort()
    const { count } = sum(kept.values)
    return count === 0 ? undefined : sorted[Math.floor((count - 1) / 2)]
  }
}

/** Share of 5xx over the last two minutes; too few of them are none. */
function errorRate(subject: string): Reader {
  const failed = ring(`${subject}/serverErrors`)
  const all = ring(`${subject}/requests`)
  return (latest, at) => {
    failed.take(latest, at)
    all.take(latest, at)
    const requests = sum(all.values)
    if (requests.count === 0 || requests.total <= 0) return undefined
    const { total } = sum(failed.values)
    if (total * TICK_SECONDS < LEAST_ERRORS) return 0
    return Math.min(100, (100 * total) / requests.total)
  }
}
