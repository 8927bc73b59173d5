import { addTime, type TimeCounts, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import { EDGE_SLOT_MS } from '#ports/edge-slots.ts'
import {
  type EdgeCounts,
  type EdgeReport,
  MOST_OPEN_SOCKETS,
  type OpenSockets,
  type Route,
} from '#ports/routing-snapshot.ts'
import type { Visit } from './visit.ts'

const NO_RELEASE = 0
/** As nginx says it: the client left before it was answered. */
export const CLIENT_GONE = 499

/** What was counted within a slot of time. */
export type EdgeSlot = Omit<EdgeReport, 'source' | 'number'>

interface Options {
  /** Called with each slot that is over. */
  onSlot: (slot: EdgeSlot) => void
  slotMs?: number
  /** Since 1970. */
  now?: () => number
  /** The clock of visits. */
  elapsed?: () => number
}

/** Of one route and release; used again for the next slot, so that nothing is allocated per request. */
interface Counting extends Omit<EdgeCounts, 'times'> {
  times: TimeCounts
}

/** What visitors met, per app, route and release, in slots by the clock. */
export function createEdgeMeter({
  onSlot,
  slotMs = EDGE_SLOT_MS,
  now = Date.now,
  elapsed = () => performance.now(),
}: Options) {
  const counting = new Map<Route, Map<number, Counting>>()
  /** Open WebSockets by route and release; they outlive slots, and routes of a snapshot before. */
  const open = new Map<string, OpenSockets>()
  let fromMs = now()
  /** By the clock of visits: requests need not ask what time it is. */
  let endsAt = elapsed() + slotEndAfter(fromMs) - fromMs

  function slotEndAfter(timeMs: number): number {
    return timeMs - (timeMs % slotMs) + slotMs
  }

  function of(route: Route, release: number): Counting {
    let byRelease = counting.get(route)
    if (!byRelease) {
      byRelease = new Map()
      counting.set(route, byRelease)
    }
    const known = byRelease.get(release)
    if (known) return known
    const fresh: Counting = {
      app: route.app,
      route: route.id,
      release,
      requests: 0,
      statuses: [0, 0, 0, 0, 0],
      bytesIn: 0,
      bytesOut: 0,
      times: timeCounts(),
    }
    byRelease.set(release, fresh)
    return fresh
  }

  /** What was counted, where anything was; who had no visitors in a whole slot is let go. */
  function takeCounts(): EdgeCounts[] {
    const taken: EdgeCounts[] = []
    for (const [route, byRelease] of counting) {
      for (const [release, entry] of byRelease) {
        if (entry.requests > 0) taken.push(takeEntry(entry))
        else byRelease.delete(release)
      }
      if (byRelease.size === 0) counting.delete(route)
    }
    return taken
  }

  /** The slot is over, or the worker is, or the machine's clock was changed. */
  function turn(): void {
    const time = now()
    const slotEndMs = slotEndAfter(fromMs)
    const isOnTime = Math.abs(time - slotEndMs) < slotMs / 10
    const isWithin = time > fromMs && time < slotEndMs
    const toMs = isWithin && !isOnTime ? time : slotEndMs
    onSlot({ fromMs, toMs, counts: takeCounts(), ...openNow([...open.values()]) })
    fromMs = isOnTime ? slotEndMs : time
    endsAt = elapsed() + slotEndAfter(fromMs) - time
  }

  return {
    /** A visit is over. Of a WebSocket and a stream, the time until their first answer is counted. */
    note(
      { route, instance, res, bytesIn, bytesOut, headMs, startedAt }: Visit,
      tookMs: number,
    ): void {
      if (!route) return
      if (startedAt + tookMs >= endsAt) turn()
      const entry = of(route, instance?.spec.release ?? NO_RELEASE)
      const at = classOf(res.headersSent || res.statusCode === 101 ? res.statusCode : CLIENT_GONE)
      entry.requests += 1
      entry.statuses[at] = (entry.statuses[at] ?? 0) + 1
      entry.bytesIn += bytesIn
      entry.bytesOut += bytesOut
      addTime(entry.times, headMs ?? tookMs)
    },

    webSocketOpened({ route, instance }: Pick<Visit, 'route' | 'instance'>): void {
      if (!route) return
      const release = instance?.spec.release ?? NO_RELEASE
      const key = `${route.id} ${release}`
      const known = open.get(key)
      if (known) known.open += 1
      else open.set(key, { app: route.app, route: route.id, release, open: 1 })
    },
    webSocketClosed({ route, instance }: Pick<Visit, 'route' | 'instance'>): void {
      const key = `${route?.id} ${instance?.spec.release ?? NO_RELEASE}`
      const known = open.get(key)
      if (!known) return
      known.open -= 1
      if (known.open === 0) open.delete(key)
    },

    /** Ends the slot when its time is over; asked every second. */
    sweep(at: number): void {
      if (at >= endsAt) turn()
    },
    /** Ends it now: nothing is counted after. */
    end: turn,
  }
}
export type EdgeMeter = ReturnType<typeof createEdgeMeter>

/** As a report has them: by app, and by route and release as far as there is room. */
function openNow(all: readonly OpenSockets[]): Pick<EdgeReport, 'webSockets' | 'sockets'> {
  const webSockets: Record<string, number> = {}
  for (const { app, open } of all) webSockets[app] = (webSockets[app] ?? 0) + open
  return { webSockets, sockets: all.slice(0, MOST_OPEN_SOCKETS).map((one) => ({ ...one })) }
}

function takeEntry(entry: Counting): EdgeCounts {
  const taken = { ...entry, statuses: [...entry.statuses], times: takeTimes(entry.times) }
  entry.requests = 0
  entry.statuses.fill(0)
  entry.bytesIn = 0
  entry.bytesOut = 0
  return taken
}

/** 2xx with 1xx, 3xx, 4xx, 5xx, and those who left before they were answered. */
function classOf(status: number): number {
  if (status === CLIENT_GONE) return 4
  return Math.min(3, Math.max(0, Math.floor(status / 100) - 2))
}
