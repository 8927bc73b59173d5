import type { Actor } from '@vastrox/shared/actor.ts'
import { LogDrainFormat, LogDrainKind } from '@vastrox/shared/log-drain.ts'
import type { Database } from '#store/database.ts'

export interface LogDrainRecord {
  id: string
  teamId: string
  kind: LogDrainKind
  target: string
  format: LogDrainFormat
  /** Null: every app of the team. */
  appId: string | null
  isOn: boolean
  /** Sealed with `log_drains|<id>|secret_sealed`. */
  secretSealed: Buffer | null
  caPem: string | null
  createdAt: string
  /** Others were told that it fails. */
  isToldFailing: boolean
}

interface Row {
  id: string
  team_id: string
  kind: string
  target: string
  format: string
  app_id: string | null
  is_on: number
  secret_sealed: Buffer | null
  ca_pem: string | null
  created_at: string
  told_failing: number
}

/** Where logs of a team's apps are sent on to. */
export function createLogDrainStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO log_drains (id, team_id, kind, target, format, app_id, is_on, secret_sealed,
       ca_pem, created_at, told_failing)
     VALUES (@id, @team_id, @kind, @target, @format, @app_id, @is_on, @secret_sealed, @ca_pem,
       @created_at, @told_failing)
     ON CONFLICT (id) DO UPDATE SET is_on = @is_on, secret_sealed = @secret_sealed,
       ca_pem = @ca_pem
     WHERE team_id = @team_id`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM log_drains WHERE team_id = ? ORDER BY id',
  )
  const all = db.prepare<[], Row>('SELECT * FROM log_drains ORDER BY id')
  const byId = db.prepare<[id: string], Row>('SELECT * FROM log_drains WHERE id = ?')
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM log_drains WHERE id = ? AND team_id = ?',
  )
  const setTold = db.prepare<[told: number, id: string]>(
    'UPDATE log_drains SET told_failing = ? WHERE id = ?',
  )
  const isAny = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM log_drains)').pluck()

  return {
    list: (actor: Actor): LogDrainRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    find: (actor: Actor, id: string): LogDrainRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    listForPlatform: (): LogDrainRecord[] => all.all().map(toRecord),
    findForPlatform: (id: string): LogDrainRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    isAnyForPlatform: (): boolean => isAny.get() === 1,
    setToldForPlatform: (id: string, isToldFailing: boolean): void => {
      setTold.run(isToldFailing ? 1 : 0, id)
    },
    saveForPlatform: (record: LogDrainRecord): void => {
      upsert.run(toRow(record))
    },
  }
}
export type LogDrainStore = ReturnType<typeof createLogDrainStore>

const toRecord = (row: Row): LogDrainRecord => ({
  id: row.id,
  teamId: row.team_id,
  kind: LogDrainKind.parse(row.kind),
  target: row.target,
  format: LogDrainFormat.parse(row.format),
  appId: row.app_id,
  isOn: row.is_on === 1,
  secretSealed: row.secret_sealed,
  caPem: row.ca_pem,
  createdAt: row.created_at,
  isToldFailing: row.told_failing === 1,
})

const toRow = (record: LogDrainRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  kind: record.kind,
  target: record.target,
  format: record.format,
  app_id: record.appId,
  is_on: record.isOn ? 1 : 0,
  secret_sealed: record.secretSealed,
  ca_pem: record.caPem,
  created_at: record.createdAt,
  told_failing: record.isToldFailing ? 1 : 0,
})
