import type { UptimeIncident } from '@vastrox/shared/uptime.ts'
import type { Database } from '#store/database.ts'

export type Span = 'hour' | 'day'

/** The newest so many are kept, by their number and not their age: a clock that is ahead takes none. */
const KEPT: Record<Span, number> = { hour: 24 * 7 + 1, day: 92 }
const KEPT_INCIDENTS = 100

interface IncidentRow {
  id: number
  check_id: string
  started_at: string
  ended_at: string | null
  reason: string
}

/** When each check was down, and how many of its looks found it well. */
export function createUptimeHistoryStore(db: Database) {
  const begin = db.prepare<[check: string, at: string, reason: string]>(
    'INSERT INTO uptime_incidents (check_id, started_at, reason) VALUES (?, ?, ?)',
  )
  const open = db.prepare<[check: string], IncidentRow>(
    'SELECT * FROM uptime_incidents WHERE check_id = ? AND ended_at IS NULL LIMIT 1',
  )
  const end = db.prepare<[at: string, check: string]>(
    'UPDATE uptime_incidents SET ended_at = ? WHERE check_id = ? AND ended_at IS NULL',
  )
  const newest = db.prepare<[check: string, limit: number], IncidentRow>(
    'SELECT * FROM uptime_incidents WHERE check_id = ? ORDER BY id DESC LIMIT ?',
  )
  const pruneIncidents = db.prepare<{ check: string; kept: number }>(
    `DELETE FROM uptime_incidents WHERE check_id = @check AND id NOT IN (
       SELECT id FROM uptime_incidents WHERE check_id = @check ORDER BY id DESC LIMIT @kept)`,
  )
  const add = db.prepare<{ check: string; span: Span; at: string; looks: number; good: number }>(
    `INSERT INTO uptime_counts (check_id, span, at, looks, good)
     SELECT @check, @span, @at, @looks, @good WHERE EXISTS (SELECT 1 FROM uptime_checks WHERE id = @check)
     ON CONFLICT (check_id, span, at) DO UPDATE SET looks = looks + @looks, good = good + @good`,
  )
  const pruneCounts = db.prepare<{ check: string; span: Span; kept: number }>(
    `DELETE FROM uptime_counts WHERE check_id = @check AND span = @span AND at NOT IN (
       SELECT at FROM uptime_counts WHERE check_id = @check AND span = @span
       ORDER BY at DESC LIMIT @kept)`,
  )
  const sum = db.prepare<
    { check: string; span: Span; since: string },
    { looks: number | null; good: number | null }
  >(
    `SELECT sum(looks) AS looks, sum(good) AS good FROM uptime_counts
     WHERE check_id = @check AND span = @span AND at > @since`,
  )

  return {
    /** Not a second one while one is open. */
    beginForPlatform(check: string, at: string, reason: string): void {
      if (open.get(check)) return
      begin.run(check, at, reason)
      pruneIncidents.run({ check, kept: KEPT_INCIDENTS })
    },
    endForPlatform: (check: string, at: string): void => {
      end.run(at, check)
    },
    /** Newest first. */
    incidentsForPlatform: (check: string, limit: number): UptimeIncident[] =>
      newest.all(check, Math.min(limit, KEPT_INCIDENTS)).map((row) => ({
        startedAt: row.started_at,
        endedAt: row.ended_at,
        reason: row.reason,
      })),
    /** Adds looks to the hour and the day of that time; in a transaction of the caller's. */
    addForPlatform(check: string, at: string, looks: number, good: number): void {
      for (const [span, length] of [
        ['hour', 13],
        ['day', 10],
      ] as const) {
        add.run({ check, span, at: at.slice(0, length), looks, good })
        pruneCounts.run({ check, span, kept: KEPT[span] })
      }
    },
    /** Of the hours or days after the one of that time. */
    sumForPlatform(check: string, span: Span, since: string): { looks: number; good: number } {
      const found = sum.get({ check, span, since: since.slice(0, span === 'hour' ? 13 : 10) })
      return { looks: found?.looks ?? 0, good: found?.good ?? 0 }
    },
  }
}
export type UptimeHistoryStore = ReturnType<typeof createUptimeHistoryStore>
