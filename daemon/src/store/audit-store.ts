import type { Actor } from '@vastrox/shared/actor.ts'
import {
  AuditEvent,
  type AuditFilter,
  type ExportedAuditEvent,
} from '@vastrox/shared/audit-event.ts'
import { type Database, fromJson } from '#store/database.ts'

/** A row as it is; its hash covers every other column and the hash before. */
export interface AuditRow {
  id: number
  team_id: string
  at: string
  actor: string
  actor_id: string
  action: string
  target: string
  result: string
  address: string | null
  details_json: string
  via: string | null
  hash: string
}

/** The last row, and a seal over it that shows when the end of the log was cut off. */
export interface AuditHead {
  id: number
  hash: string
  seal: string
}

/** Ids of the window that is looked through, both excluded. */
interface Window {
  after: number
  before: number
  limit: number
}

interface Wanted extends Window {
  team: string
  actor: string | null
  action: string | null
  target: string | null
  result: string | null
  since: string | null
  until: string | null
}

const HEAD_KEY = 'audit_head'
const NO_EVENT_YET = Number.MAX_SAFE_INTEGER
const MATCHES = `id > @after AND id < @before AND team_id = @team
  AND (@actor IS NULL OR actor_id = @actor OR instr(actor, @actor) > 0)
  AND (@action IS NULL OR action = @action OR substr(action, 1, length(@action) + 1) = @action || '.')
  AND (@target IS NULL OR instr(target, @target) > 0)
  AND (@result IS NULL OR result = @result)
  AND (@since IS NULL OR at >= @since) AND (@until IS NULL OR at < @until)`

/** Append-only: triggers of the database refuse the rest. */
export function createAuditStore(db: Database) {
  const insert = db.prepare<AuditRow>(
    `INSERT INTO audit_events (id, team_id, at, actor, actor_id, action, target, result, address, details_json, via, hash)
     VALUES (@id, @team_id, @at, @actor, @actor_id, @action, @target, @result, @address, @details_json, @via, @hash)`,
  )
  const selectHead = db
    .prepare<[key: string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
  const saveHead = db.prepare<[key: string, value: string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const page = db.prepare<[team: string, before: number, limit: number], AuditRow>(
    'SELECT * FROM audit_events WHERE team_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const after = db.prepare<[after: number, limit: number], AuditRow>(
    'SELECT * FROM audit_events WHERE id > ? ORDER BY id LIMIT ?',
  )
  const newest = db.prepare<Wanted, AuditRow>(
    `SELECT * FROM audit_events WHERE ${MATCHES} ORDER BY id DESC LIMIT @limit`,
  )
  const oldest = db.prepare<Wanted, AuditRow>(
    `SELECT * FROM audit_events WHERE ${MATCHES} ORDER BY id LIMIT @limit`,
  )
  const append = db.transaction((row: AuditRow, seal: string) => {
    insert.run(row)
    saveHead.run(HEAD_KEY, `${row.id} ${row.hash} ${seal}`)
  })

  const wantedBy = (actor: Actor, filter: AuditFilter, window: Window): Wanted => ({
    ...window,
    team: actor.teamId,
    actor: filter.actor ?? null,
    action: filter.action ?? null,
    target: filter.target ?? null,
    result: filter.result ?? null,
    since: filter.since ?? null,
    until: filter.until ?? null,
  })

  return {
    /** The event and the new head, together. */
    appendForPlatform: (row: AuditRow, seal: string): void => append(row, seal),
    headForPlatform: (): AuditHead | undefined => {
      const [id, hash, seal] = selectHead.get(HEAD_KEY)?.split(' ') ?? []
      return hash === undefined || seal === undefined ? undefined : { id: Number(id), hash, seal }
    },
    /** In order, beginning after the id. */
    listAfterForPlatform: (id: number, limit: number): AuditRow[] => after.all(id, limit),
    /** Newest first, of the actor's team. */
    list: (actor: Actor, beforeId: number | undefined, limit: number): AuditEvent[] =>
      page.all(actor.teamId, beforeId ?? NO_EVENT_YET, limit).map(toEvent),
    /** Those of the actor's team in the window that the filter names, newest first. */
    newestIn: (actor: Actor, filter: AuditFilter, window: Window): AuditEvent[] =>
      newest.all(wantedBy(actor, filter, window)).map(toEvent),
    /** The same, oldest first, with their hashes. */
    oldestIn: (actor: Actor, filter: AuditFilter, window: Window): ExportedAuditEvent[] =>
      oldest
        .all(wantedBy(actor, filter, window))
        .map((row) => ({ ...toEvent(row), hash: row.hash })),
  }
}
export type AuditStore = ReturnType<typeof createAuditStore>

const toEvent = (row: AuditRow): AuditEvent => ({
  id: row.id,
  at: row.at,
  actor: row.actor,
  actorId: row.actor_id,
  action: row.action,
  target: row.target,
  result: fromJson(AuditEvent.shape.result, JSON.stringify(row.result)),
  address: row.address,
  via: row.via,
  details: fromJson(AuditEvent.shape.details, row.details_json),
})
