import { addTimes } from '#ports/edge-histogram.ts'
import { toOctaves } from '#ports/edge-slots.ts'
import type { EdgeCounts, EdgeReport, WorkerToDaemon } from '#ports/routing-snapshot.ts'
import type { EdgeSlot } from './edge-meter.ts'

/** Slots of a quarter of a minute for an hour; those before are put together. */
const MOST_SLOTS = 240
/** Numbers that all of them hold: about 8 MB. */
const MOST_WEIGHT = 500_000
/** Sent and not yet said to be taken. */
const MOST_UNDER_WAY = 16
/** A report is one line of at most 4 MiB. */
const MOST_COUNTS = 400
/** What was not said to be taken in this time is sent again. */
const AGAIN_MS = 60_000

interface Options {
  /** Names this worker among all that ever were. */
  source: string
  send: (message: WorkerToDaemon) => void
  elapsed?: () => number
  limits?: { slots?: number; weight?: number; againMs?: number }
}

interface UnderWay {
  report: EdgeReport
  sentAt: number
}

/**
 * Slots wait here until the daemon has kept them for good. A report gets its number when it is first
 * sent and does not change after that; what was never sent may be put together with its neighbour when
 * the daemon is away for long, so that its counts stay complete while their times get coarser.
 */
export function createEdgeOutbox({
  source,
  send,
  elapsed = () => performance.now(),
  limits = {},
}: Options) {
  const { slots = MOST_SLOTS, weight = MOST_WEIGHT, againMs = AGAIN_MS } = limits
  const waiting: EdgeSlot[] = []
  let waitingWeight = 0
  /** In order of sending; those of predecessors too. */
  const underWay = new Map<string, UnderWay>()
  /** Of predecessors, to be sent as they are. */
  const left: EdgeReport[] = []
  const finished = new Map<string, () => void>()
  let numbers = 0
  /** `away` until the daemon has said which it is. */
  let daemon: 'away' | 'slots' | 'earlier' = 'away'

  function shrink(): void {
    while (waiting.length > 1 && (waiting.length > slots || waitingWeight > weight)) {
      const [oldest, next] = waiting.splice(0, 2)
      if (!oldest || !next) return
      waitingWeight -= weightOf(oldest) + weightOf(next)
      const both = together(oldest, next)
      waitingWeight += weightOf(both)
      waiting.unshift(both)
    }
  }

  /** The next slot, or a part of it where it is too long for a line. */
  function takeWaiting(): EdgeSlot | undefined {
    const slot = waiting.shift()
    if (!slot) return undefined
    waitingWeight -= weightOf(slot)
    if (slot.counts.length <= MOST_COUNTS) return slot
    const rest = { ...slot, counts: slot.counts.slice(MOST_COUNTS) }
    waiting.unshift(rest)
    waitingWeight += weightOf(rest)
    return { ...slot, counts: slot.counts.slice(0, MOST_COUNTS) }
  }

  function nextReport(): EdgeReport | undefined {
    const ofBefore = left.shift()
    if (ofBefore) return ofBefore
    const slot = takeWaiting()
    if (!slot) return undefined
    numbers += 1
    return { source, number: numbers, ...slot }
  }

  function flush(): void {
    if (daemon === 'slots')
      while (underWay.size < MOST_UNDER_WAY) {
        const report = nextReport()
        if (!report) return
        underWay.set(keyOf(report), { report, sentAt: elapsed() })
        send({ type: 'slot', report })
      }
    // It says nothing back; what it was sent is as good as taken.
    if (daemon === 'earlier')
      for (let slot = takeWaiting(); slot; slot = takeWaiting()) send(toEarlier(slot))
  }

  function sendAgain(isDue: (sentAt: number) => boolean): void {
    const at = elapsed()
    for (const entry of underWay.values()) {
      if (!isDue(entry.sentAt)) continue
      entry.sentAt = at
      send({ type: 'slot', report: entry.report })
    }
  }

  return {
    add(slot: EdgeSlot): void {
      waiting.push(slot)
      waitingWeight += weightOf(slot)
      flush()
      shrink()
    },

    /** What a predecessor has left; `done` is called when the daemon has taken all of it. */
    addLeft(reports: readonly EdgeReport[], done: () => void): void {
      const keys = new Set(reports.map(keyOf))
      const over = (key: string): void => {
        keys.delete(key)
        if (keys.size === 0) done()
      }
      if (keys.size === 0) done()
      for (const report of reports) finished.set(keyOf(report), () => over(keyOf(report)))
      left.push(...reports)
      flush()
    },

    /** The daemon has kept it. */
    taken(from: string, number: number): void {
      const key = keyOf({ source: from, number })
      underWay.delete(key)
      finished.get(key)?.()
      finished.delete(key)
      flush()
    },

    /** A daemon is there, and is of this wire or of one before. */
    meet(version: 'slots' | 'earlier'): void {
      if (daemon === version) return
      daemon = version
      if (version === 'slots') sendAgain(() => true)
      flush()
    },
    lose(): void {
      daemon = 'away'
    },

    sweep(): void {
      if (daemon === 'slots') sendAgain((sentAt) => elapsed() - sentAt >= againMs)
    },

    /** Something was sent that a daemon may still say to be taken. */
    get isWaitedFor(): boolean {
      return daemon === 'slots' && underWay.size > 0
    },

    /**
     * What this worker has counted and nobody has taken, numbered, for a successor to send. Nothing is
     * sent after.
     */
    close(): EdgeReport[] {
      daemon = 'away'
      const all = [...underWay.values()].map(({ report }) => report)
      for (let report = nextReport(); report; report = nextReport()) all.push(report)
      // Those of predecessors lie on disk still.
      return all.filter((report) => report.source === source)
    },
  }
}
export type EdgeOutbox = ReturnType<typeof createEdgeOutbox>

const keyOf = ({ source, number }: Pick<EdgeReport, 'source' | 'number'>): string =>
  `${source} ${number}`

const weightOf = ({ counts, webSockets, sockets = [] }: EdgeSlot): number =>
  counts.reduce(
    (sum, { times }) => sum + 20 + times.length,
    10 + Object.keys(webSockets).length + 4 * sockets.length,
  )

/** Both as one slot, as if it had been that long. */
function together(earlier: EdgeSlot, later: EdgeSlot): EdgeSlot {
  const sums = new Map<string, EdgeCounts>()
  for (const one of [...earlier.counts, ...later.counts]) {
    const key = `${one.app} ${one.route} ${one.release}`
    const known = sums.get(key)
    sums.set(key, known ? sumOf(known, one) : one)
  }
  return {
    fromMs: Math.min(earlier.fromMs, later.fromMs),
    toMs: Math.max(earlier.toMs, later.toMs),
    counts: [...sums.values()],
    webSockets: later.webSockets,
    ...(later.sockets && { sockets: later.sockets }),
  }
}

const sumOf = (one: EdgeCounts, other: EdgeCounts): EdgeCounts => ({
  ...one,
  requests: one.requests + other.requests,
  statuses: one.statuses.map((count, at) => count + (other.statuses[at] ?? 0)),
  bytesIn: one.bytesIn + other.bytesIn,
  bytesOut: one.bytesOut + other.bytesOut,
  times: addTimes(one.times, other.times),
})

const toEarlier = ({ counts, webSockets }: EdgeSlot): WorkerToDaemon => ({
  type: 'edge',
  report: {
    counts: counts.map((one) => ({ ...one, times: toOctaves(one.times) })),
    webSockets,
  },
})
