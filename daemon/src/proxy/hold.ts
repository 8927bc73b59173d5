import type { Limits } from './limits.ts'

interface Held {
  app: string
  bytes: number
  /** Looks again where the request belongs; called once. */
  release: () => void
  expire: () => void
  until: number
}

export interface HoldWish {
  app: string
  since: number
  forMs: number
  /** What of its body may lie in memory meanwhile. */
  bytes: number
  release: () => void
  expire: () => void
}

/**
 * Requests to routes that are held or asleep (rule D5): they wait, their bodies unread, for the next
 * snapshot; not longer than 30 s, not more than `holdRequests` of one app and `holdRequestsInAll`, with
 * not more than `holdBytes` of their bodies, so that an app that does not wake takes nobody's place.
 */
export function createHold(limits: Limits) {
  let held = new Set<Held>()
  const ofApp = new Map<string, number>()
  let bytes = 0

  function leave(entry: Held): void {
    if (!held.delete(entry)) return
    uncount(entry)
  }
  function uncount(entry: Held): void {
    bytes -= entry.bytes
    const left = (ofApp.get(entry.app) ?? 1) - 1
    if (left > 0) ofApp.set(entry.app, left)
    else ofApp.delete(entry.app)
  }

  return {
    /** Gives the way to leave the queue; undefined where there is no place left. */
    add({ app, since, forMs, bytes: more, release, expire }: HoldWish): (() => void) | undefined {
      const count = ofApp.get(app) ?? 0
      if (
        count >= limits.holdRequests ||
        held.size >= limits.holdRequestsInAll ||
        (more > 0 && bytes + more > limits.holdBytes)
      )
        return undefined
      const entry = { app, bytes: more, release, expire, until: since + forMs }
      held.add(entry)
      ofApp.set(app, count + 1)
      bytes += more
      return () => leave(entry)
    },
    /** A snapshot came: every request looks again, in the order of arrival. */
    releaseAll(): void {
      const released = held
      held = new Set()
      for (const entry of released) uncount(entry)
      for (const entry of released) entry.release()
    },
    sweep(now: number): void {
      for (const entry of held) {
        if (now < entry.until) continue
        leave(entry)
        entry.expire()
      }
    },
    get size(): number {
      return held.size
    },
    get bytes(): number {
      return bytes
    },
  }
}
export type Hold = ReturnType<typeof createHold>
