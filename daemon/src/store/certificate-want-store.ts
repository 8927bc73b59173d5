import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** Why nothing is ordered now: what the preflight found, or a limit of ours. */
export const WantReason = z.object({ code: z.string(), message: z.string(), hint: z.string() })
export type WantReason = z.infer<typeof WantReason>

/** `new`: not tried yet. `waiting`: the preflight or a limit says not now. */
export type WantState = 'new' | 'ordering' | 'waiting' | 'failing' | 'valid'

export interface WantRecord {
  /** Sorted, joined by spaces. */
  names: string
  teamId: string
  state: WantState
  reason: WantReason | null
  nextAttemptAt: string
  wantedSince: string
  /** Since when nobody wants it; it is kept for a while (rule R3). */
  droppedAt: string | null
}

/** For whom a set of names is: the app that its host leads to. */
export interface WantOwner {
  team: string
  /** Empty where it is no app's: the dashboard's own. */
  app: string
}
export type DueWant = WantRecord & { owner: WantOwner }

interface WantRow {
  names: string
  team_id: string
  state: WantState
  reason_json: string | null
  next_attempt_at: string
  wanted_since: string
  dropped_at: string | null
}

interface OwnerRow {
  owner_team: string
  owner_app: string
}

/** Sets of names that are to have a certificate of a CA. */
export function createCertificateWantStore(db: Database) {
  const select = db.prepare<[names: string], WantRow>(
    'SELECT * FROM certificate_wants WHERE names = ?',
  )
  const selectAll = db.prepare<[], WantRow>('SELECT * FROM certificate_wants ORDER BY names')
  // One of each app in turn, and of each team: a thousand due ones of one are not all that is seen.
  const selectDue = db.prepare<{ now: string; never: string; most: number }, WantRow & OwnerRow>(
    `WITH due AS (
       SELECT wants.*, coalesce(owner.team_id, wants.team_id) AS owner_team,
         coalesce(owner.app_id, '') AS owner_app
       FROM certificate_wants AS wants
         LEFT JOIN (SELECT host, min(team_id) AS team_id, min(app_id) AS app_id
           FROM routes GROUP BY host) AS owner ON owner.host = wants.names
       WHERE dropped_at IS NULL
         AND (next_attempt_at <= @now OR (state <> 'valid' AND next_attempt_at > @never))),
     turns AS (
       SELECT *, row_number() OVER (PARTITION BY owner_app ORDER BY next_attempt_at, names) AS turn
       FROM due)
     SELECT *, row_number() OVER (PARTITION BY owner_team ORDER BY turn, next_attempt_at) AS team_turn
     FROM turns ORDER BY team_turn, turn, next_attempt_at, names LIMIT @most`,
  )
  const selectOwner = db.prepare<[host: string], { team_id: string; app_id: string }>(
    'SELECT team_id, app_id FROM routes WHERE host = ? LIMIT 1',
  )
  const selectOwners = db.prepare<{ team: string }, { teams: number; apps: number }>(
    `SELECT count(DISTINCT routes.team_id) AS teams,
       count(DISTINCT CASE WHEN routes.team_id = @team THEN routes.app_id END) AS apps
     FROM certificate_wants AS wants JOIN routes ON routes.host = wants.names
     WHERE wants.dropped_at IS NULL`,
  )
  const selectNext = db
    .prepare<[now: string], string | null>(
      `SELECT min(next_attempt_at) FROM certificate_wants
       WHERE dropped_at IS NULL AND next_attempt_at > ?`,
    )
    .pluck()
  const upsert = db.prepare<WantRow>(
    `INSERT INTO certificate_wants (names, team_id, state, reason_json, next_attempt_at, wanted_since, dropped_at)
     VALUES (@names, @team_id, @state, @reason_json, @next_attempt_at, @wanted_since, @dropped_at)
     ON CONFLICT (names) DO UPDATE SET state = @state, reason_json = @reason_json,
       next_attempt_at = @next_attempt_at, wanted_since = @wanted_since, dropped_at = @dropped_at`,
  )
  const remove = db.prepare<[names: string]>('DELETE FROM certificate_wants WHERE names = ?')

  return {
    findForPlatform(names: string): WantRecord | undefined {
      const row = select.get(names)
      return row && toRecord(row)
    },
    listForPlatform: (): WantRecord[] => selectAll.all().map(toRecord),
    /**
     * Whose turn has come, one of each team and app in turn, longest waiting first; also where it lies
     * further away than any can (`never`).
     */
    listDueForPlatform: (now: Date, never: Date, most: number): DueWant[] =>
      selectDue.all({ now: now.toISOString(), never: never.toISOString(), most }).map((row) => ({
        ...toRecord(row),
        owner: { team: row.owner_team, app: row.owner_app },
      })),
    ownerForPlatform(want: Pick<WantRecord, 'names' | 'teamId'>): WantOwner {
      const row = selectOwner.get(want.names)
      return row ? { team: row.team_id, app: row.app_id } : { team: want.teamId, app: '' }
    },
    /** How many teams, and apps of this team, have hosts that are to have certificates. */
    countOwnersForPlatform: (team: string): { teams: number; apps: number } =>
      selectOwners.get({ team }) ?? { teams: 0, apps: 0 },
    /** When the next turn comes of those whose turn has not come. */
    nextTurnForPlatform(now: Date): Date | undefined {
      const at = selectNext.get(now.toISOString())
      return at ? new Date(at) : undefined
    },
    saveForPlatform: (want: WantRecord): void => {
      upsert.run(toRow(want))
    },
    removeForPlatform: (names: string): void => {
      remove.run(names)
    },
  }
}
export type CertificateWantStore = ReturnType<typeof createCertificateWantStore>

const toRecord = (row: WantRow): WantRecord => ({
  names: row.names,
  teamId: row.team_id,
  state: row.state,
  reason: row.reason_json === null ? null : fromJson(WantReason, row.reason_json),
  nextAttemptAt: row.next_attempt_at,
  wantedSince: row.wanted_since,
  droppedAt: row.dropped_at,
})

const toRow = (record: WantRecord): WantRow => ({
  names: record.names,
  team_id: record.teamId,
  state: record.state,
  reason_json: record.reason === null ? null : JSON.stringify(record.reason),
  next_attempt_at: record.nextAttemptAt,
  wanted_since: record.wantedSince,
  dropped_at: record.droppedAt,
})
