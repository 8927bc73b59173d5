import type { Limits } from './limits.ts'

interface Held {
  /** Looks again where the request belongs; called once. */
  release: () => void
  expire: () => void
  until: number
}

/**
 * Requests to routes that are held (rule D5): they wait, their bodies unread, for the next snapshot;
 * not longer than `holdMs`, not more than `holdRequests`.
 */
export function createHold(limits: Limits) {
  let held = new Set<Held>()

  return {
    /** False where there is no place left. Gives the way to leave the queue otherwise. */
    add(since: number, release: () => void, expire: () => void): (() => void) | undefined {
      if (held.size >= limits.holdRequests) return undefined
      const entry = { release, expire, until: since + limits.holdMs }
      held.add(entry)
      return () => held.delete(entry)
    },
    /** A snapshot came: every request looks again, in the order of arrival. */
    releaseAll(): void {
      const released = held
      held = new Set()
      for (const entry of released) entry.release()
    },
    sweep(now: number): void {
      for (const entry of held) {
        if (now < entry.until) continue
        held.delete(entry)
        entry.expire()
      }
    },
    get size(): number {
      return held.size
    },
  }
}
export type Hold = ReturnType<typeof createHold>
