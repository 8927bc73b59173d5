import type { UptimeCheck } from '@vastrox/shared/uptime.ts'
import type { Clock } from '#ports/clock.ts'
import type { Transact } from '#store/database.ts'
import type { Span, UptimeHistoryStore } from '#store/uptime-history-store.ts'

interface Deps {
  history: Pick<UptimeHistoryStore, 'addForPlatform' | 'sumForPlatform'>
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

  function share(check: string, span: Span, backMs: number): number | null {
    const since = new Date(clock.now().getTime() - backMs).toISOString()
    const kept = history.sumForPlatform(check, span, since)
    const more = pending.get(check) ?? { looks: 0, good: 0 }
    const looks = kept.looks + more.looks
    if (looks === 0) return null
    // 99.9996 is not 100: whoever was down once must not read that it never was.
    return Math.floor(((kept.good + more.good) / looks) * 100_000) / 1_000
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
    availabilityOf: (check: string): UptimeCheck['availability'] => ({
      day: share(check, 'hour', DAY_MS),
      week: share(check, 'hour', 7 * DAY_MS),
      quarter: share(check, 'day', 91 * DAY_MS),
    }),
  }
}
export type UptimeCounts = ReturnType<typeof createUptimeCounts>
