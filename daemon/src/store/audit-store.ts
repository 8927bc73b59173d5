import type { Actor } from '@vastrox/shared/actor.ts'
import { AuditEvent } from '@vastrox/shared/audit-event.ts'
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
  hash: string
}

/** The last row, and a seal over it that shows when the end of the log was cut off. */
export interface AuditHead {
  id: number
  hash: string
  seal: string
}

const HEAD_KEY = 'audit_head'
const NO_EVENT_YET = Number.MAX_SAFE_INTEGER

/** Append-only: triggers of the database refuse the rest. */
export function createAuditStore(db: Database) {
  const insert = db.prepare<AuditRow>(
    `INSERT INTO audit_events (id, team_id, at, actor, actor_id, action, target, result, address, details_json, hash)
     VALUES (@id, @team_id, @at, @actor, @actor_id, @action, @target, @result, @address, @details_json, @hash)`,
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
  const append = db.transaction((row: AuditRow, seal: string) => {
    insert.run(row)
    saveHead.run(HEAD_KEY, `${row.id} ${row.hash} ${seal}`)
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
  }
}
export type AuditStore = ReturnType<typeof createAuditStore>

const toEvent = (row: AuditRow): AuditEvent => ({
  id: row.id,
  at: row.at,
  actor: row.actor,
  action: row.action,
  target: row.target,
  result: fromJson(AuditEvent.shape.result, JSON.stringify(row.result)),
  address: row.address,
  details: fromJson(AuditEvent.shape.details, row.details_json),
})
