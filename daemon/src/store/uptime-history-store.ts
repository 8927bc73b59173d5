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
  const newestOfEach = db.prepare<[checksJson: string], IncidentRow>(
    `SELECT uptime_incidents.* FROM json_each(?) AS wanted
     CROSS JOIN uptime_incidents ON check_id = wanted.value
     ORDER BY uptime_incidents.id DESC`,
  )
  const ofCheck = 'uptime_counts WHERE check_id = wanted.value AND span = @span AND at > @since'
  const sums = db.prepare<
    { checks: string; span: Span; since: string },
    { id: string; looks: number | null; good: number | null }
  >(
    `SELECT wanted.value AS id, (SELECT sum(looks) FROM ${ofCheck}) AS looks,
       (SELECT sum(good) FROM ${ofCheck}) AS good
     FROM json_each(@checks) AS wanted`,
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
      newest.all(check, Math.min(limit, KEPT_INCIDENTS)).map(toIncident),
    /** By check, newest first: all that are kept, at most 100 of each. */
    listIncidentsForPlatform(
      checks: readonly string[],
    ): ReadonlyMap<string, readonly UptimeIncident[]> {
      const found = new Map<string, UptimeIncident[]>()
      for (const row of newestOfEach.all(JSON.stringify(checks))) {
        const own = found.get(row.check_id) ?? []
        found.set(row.check_id, own)
        if (own.length < KEPT_INCIDENTS) own.push(toIncident(row))
      }
      return found
    },
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
    /** By check, of the hours or days after the one of that time. */
    sumsForPlatform(
      checks: readonly string[],
      span: Span,
      since: string,
    ): ReadonlyMap<string, { looks: number; good: number }> {
      const after = since.slice(0, span === 'hour' ? 13 : 10)
      return new Map(
        sums
          .all({ checks: JSON.stringify(checks), span, since: after })
          .map(({ id, looks, good }) => [id, { looks: looks ?? 0, good: good ?? 0 }]),
      )
    },
  }
}
export type UptimeHistoryStore = ReturnType<typeof createUptimeHistoryStore>

const toIncident = (row: IncidentRow): UptimeIncident => ({
  startedAt: row.started_at,
  endedAt: row.ended_at,
  reason: row.reason,
})
