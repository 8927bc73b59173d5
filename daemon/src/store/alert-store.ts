import type { Actor } from '@vastrox/shared/actor.ts'
import { AlertBefore, AlertSubject, Severity } from '@vastrox/shared/alert.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface AlertRecord {
  id: string
  teamId: string
  /** The same thing has the same key: at most one alert of it is open. */
  key: string
  rule: string
  severity: Severity
  state: AlertRecordState
  subject: AlertSubject
  appId: string | null
  title: string
  detail: string
  value: number | null
  limit: number | null
  isDataMissing: boolean
  since: string
  /** null while it is pending. */
  firedAt: string | null
  /** It is well again since; resolved when it stays so for `holdMs`. */
  wellSince: string | null
  holdMs: number
  resolvedAt: string | null
  /** It ends by itself then. */
  endsAt: string | null
  before: AlertBefore | null
  link: string
  acknowledgedBy: string | null
  becauseOf: string | null
  /** When people are told of it, or told of it again. */
  tellAt: string | null
  /** When they were told last that it fires. */
  toldAt: string | null
  /** Of the notification in which they were told. */
  toldKey: string | null
}

const State = z.enum(['pending', 'firing', 'resolved'])
export type AlertRecordState = z.infer<typeof State>

interface Row {
  id: string
  team_id: string
  key: string
  rule: string
  severity: string
  state: string
  subject_kind: string
  subject_id: string
  subject_name: string
  app_id: string | null
  title: string
  detail: string
  value: number | null
  limit_value: number | null
  is_data_missing: number
  since: string
  fired_at: string | null
  well_since: string | null
  hold_ms: number
  resolved_at: string | null
  ends_at: string | null
  before_json: string | null
  link: string
  acknowledged_by: string | null
  because_of: string | null
  tell_at: string | null
  told_at: string | null
  told_key: string | null
}

interface Wanted {
  team: string
  state: string
  app: string | null
  rule: string | null
  /** As JSON: of these apps alone. */
  seen: string | null
  before: string
  limit: number
}

const { kind: SubjectKind } = AlertSubject.shape
/** More are not open at once; whoever has that many is told by the first. */
const MOST_OPEN = 5_000
const LAST_ID = '~'

/** Alerts; those of a team are seen by its own people, those of an app by who sees the app. */
export function createAlertStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO alerts (id, team_id, key, rule, severity, state, subject_kind, subject_id,
       subject_name, app_id, title, detail, value, limit_value, is_data_missing, since, fired_at,
       well_since, hold_ms, resolved_at, ends_at, before_json, link, acknowledged_by, because_of,
       tell_at, told_at, told_key)
     VALUES (@id, @team_id, @key, @rule, @severity, @state, @subject_kind, @subject_id,
       @subject_name, @app_id, @title, @detail, @value, @limit_value, @is_data_missing, @since,
       @fired_at, @well_since, @hold_ms, @resolved_at, @ends_at, @before_json, @link,
       @acknowledged_by, @because_of, @tell_at, @told_at, @told_key)
     ON CONFLICT (id) DO UPDATE SET severity = @severity, state = @state, title = @title,
       detail = @detail, value = @value, limit_value = @limit_value,
       is_data_missing = @is_data_missing, fired_at = @fired_at, well_since = @well_since,
       hold_ms = @hold_ms, resolved_at = @resolved_at, ends_at = @ends_at,
       before_json = @before_json, link = @link, acknowledged_by = @acknowledged_by,
       because_of = @because_of, tell_at = @tell_at, told_at = @told_at, told_key = @told_key`,
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM alerts WHERE id = ?')
  const open = db.prepare<[limit: number], Row>(
    "SELECT * FROM alerts WHERE state <> 'resolved' ORDER BY id LIMIT ?",
  )
  const due = db.prepare<[at: string, limit: number], Row>(
    'SELECT * FROM alerts WHERE tell_at <= ? ORDER BY id LIMIT ?',
  )
  const isAnyDue = db
    .prepare<[at: string], number>('SELECT EXISTS (SELECT 1 FROM alerts WHERE tell_at <= ?)')
    .pluck()
  const page = db.prepare<Wanted, Row>(
    `SELECT * FROM alerts WHERE team_id = @team AND state = @state AND id < @before
       AND (@app IS NULL OR app_id = @app) AND (@rule IS NULL OR rule = @rule)
       AND (@seen IS NULL OR app_id IN (SELECT value FROM json_each(@seen)))
     ORDER BY id DESC LIMIT @limit`,
  )
  const count = db
    .prepare<[team: string, key: string, since: string], number>(
      'SELECT count(*) FROM alerts WHERE team_id = ? AND key = ? AND resolved_at > ?',
    )
    .pluck()
  const remove = db.prepare<[id: string]>('DELETE FROM alerts WHERE id = ?')
  const prune = db.prepare<[team: string, sameTeam: string, kept: number]>(
    `DELETE FROM alerts WHERE team_id = ? AND state = 'resolved' AND tell_at IS NULL AND id NOT IN (
       SELECT id FROM alerts WHERE team_id = ? AND state = 'resolved' ORDER BY id DESC LIMIT ?)`,
  )

  return {
    /** Newest first, those before the id; pending ones are shown to nobody. */
    listPage: (
      actor: Actor,
      filter: {
        state: 'firing' | 'resolved'
        appId?: string | undefined
        rule?: string | undefined
      },
      before: string | undefined,
      limit: number,
    ): AlertRecord[] =>
      page
        .all({
          team: actor.teamId,
          state: filter.state,
          app: filter.appId ?? null,
          rule: filter.rule ?? null,
          seen: actor.appIds === null ? null : JSON.stringify([...actor.appIds]),
          before: before ?? LAST_ID,
          limit,
        })
        .map(toRecord),
    find: (actor: Actor, id: string): AlertRecord | undefined => {
      const row = byId.get(id)
      const isShown =
        row?.team_id === actor.teamId && row.state !== 'pending' && visibleTo(actor)(row)
      return isShown ? toRecord(row) : undefined
    },

    findForPlatform: (id: string): AlertRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    /** Pending and firing ones, oldest first. */
    listOpenForPlatform: (): AlertRecord[] => open.all(MOST_OPEN).map(toRecord),
    /** Cheap: nothing that tells people is loaded where there is nothing to tell. */
    isAnyToTellForPlatform: (at: string): boolean => isAnyDue.get(at) === 1,
    /** Of which people are to be told by now. */
    listToTellForPlatform: (at: string): AlertRecord[] => due.all(at, MOST_OPEN).map(toRecord),
    /** How often it has come and gone since then. */
    countResolvedForPlatform: (teamId: string, key: string, since: string): number =>
      count.get(teamId, key, since) ?? 0,
    saveForPlatform: (record: AlertRecord): void => {
      upsert.run(toRow(record))
    },
    /** One that was pending and came to nothing. */
    dropForPlatform: (id: string): void => {
      remove.run(id)
    },
    /** Keeps the team's last ones of those that are over. */
    pruneForPlatform: (teamId: string, kept: number): void => {
      prune.run(teamId, teamId, kept)
    },
  }
}
export type AlertStore = ReturnType<typeof createAlertStore>

const visibleTo =
  ({ appIds }: Actor) =>
  ({ app_id }: Row): boolean =>
    appIds === null || (app_id !== null && appIds.has(app_id))

const toRecord = (row: Row): AlertRecord => ({
  id: row.id,
  teamId: row.team_id,
  key: row.key,
  rule: row.rule,
  severity: Severity.parse(row.severity),
  state: State.parse(row.state),
  subject: {
    kind: SubjectKind.parse(row.subject_kind),
    id: row.subject_id,
    name: row.subject_name,
  },
  appId: row.app_id,
  title: row.title,
  detail: row.detail,
  value: row.value,
  limit: row.limit_value,
  isDataMissing: row.is_data_missing === 1,
  since: row.since,
  firedAt: row.fired_at,
  wellSince: row.well_since,
  holdMs: row.hold_ms,
  resolvedAt: row.resolved_at,
  endsAt: row.ends_at,
  before: row.before_json === null ? null : fromJson(AlertBefore, row.before_json),
  link: row.link,
  acknowledgedBy: row.acknowledged_by,
  becauseOf: row.because_of,
  tellAt: row.tell_at,
  toldAt: row.told_at,
  toldKey: row.told_key,
})

const toRow = (record: AlertRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  key: record.key,
  rule: record.rule,
  severity: record.severity,
  state: record.state,
  subject_kind: record.subject.kind,
  subject_id: record.subject.id,
  subject_name: record.subject.name,
  app_id: record.appId,
  title: record.title,
  detail: record.detail,
  value: record.value,
  limit_value: record.limit,
  is_data_missing: record.isDataMissing ? 1 : 0,
  since: record.since,
  fired_at: record.firedAt,
  well_since: record.wellSince,
  hold_ms: record.holdMs,
  resolved_at: record.resolvedAt,
  ends_at: record.endsAt,
  before_json: record.before === null ? null : JSON.stringify(record.before),
  link: record.link,
  acknowledged_by: record.acknowledgedBy,
  because_of: record.becauseOf,
  tell_at: record.tellAt,
  told_at: record.toldAt,
  told_key: record.toldKey,
})
