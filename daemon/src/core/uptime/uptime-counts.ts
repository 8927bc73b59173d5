import type { UptimeCheck } from '@vastrox/shared/uptime.ts'
import type { Clock } from '#ports/clock.ts'
import type { Transact } from '#store/database.ts'
import type { Span, UptimeHistoryStore } from '#store/uptime-history-store.ts'

interface Deps {
  history: Pick<UptimeHistoryStore, 'addForPlatform' | 'sumsForPlatform'>
  clock: Clock
  transact: Transact
}

interface Counted {
  looks: number
  good: number
}

const DAY_MS = 86_400_000
/** What a daemon that is killed forgets: looks, never whether something is down. */
export const FLUSH_EVERY_MS = 15 * 60_000

/** How many looks found each check well: in memory first, in few rows later. */
export function createUptimeCounts({ history, clock, transact }: Deps) {
  const pending = new Map<string, Counted>()
  let flushedAtMs = clock.elapsedMs()

  function flush(): void {
    flushedAtMs = clock.elapsedMs()
    if (pending.size === 0) return
    const at = clock.now().toISOString()
    transact(() => {
      for (const [check, { looks, good }] of pending) history.addForPlatform(check, at, looks, good)
    })
    pending.clear()
  }

  function sharesOf(checks: readonly string[], span: Span, backMs: number) {
    const since = new Date(clock.now().getTime() - backMs).toISOString()
    const sums = history.sumsForPlatform(checks, span, since)
    return (check: string): number | null => {
      const kept = sums.get(check) ?? { looks: 0, good: 0 }
      const more = pending.get(check) ?? { looks: 0, good: 0 }
      const looks = kept.looks + more.looks
      if (looks === 0) return null
      // 99.9996 is not 100: whoever was down once must not read that it never was.
      return Math.floor(((kept.good + more.good) / looks) * 100_000) / 1_000
    }
  }

  return {
    note(check: string, isGood: boolean): void {
      const counted = pending.get(check) ?? { looks: 0, good: 0 }
      pending.set(check, counted)
      counted.looks += 1
      if (isGood) counted.good += 1
      if (clock.elapsedMs() - flushedAtMs >= FLUSH_EVERY_MS) flush()
    },
    forget: (check: string): void => {
      pending.delete(check)
    },
    flush,
    /** Of each of these checks, read at once. */
    availabilityOf(checks: readonly string[]): (check: string) => UptimeCheck['availability'] {
      const day = sharesOf(checks, 'hour', DAY_MS)
      const week = sharesOf(checks, 'hour', 7 * DAY_MS)
      const quarter = sharesOf(checks, 'day', 91 * DAY_MS)
      return (check) => ({ day: day(check), week: week(check), quarter: quarter(check) })
    },
  }
}
export type UptimeCounts = ReturnType<typeof createUptimeCounts>
