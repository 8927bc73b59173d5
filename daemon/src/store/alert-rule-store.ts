import type { Actor } from '@vastrox/shared/actor.ts'
import { AlertCondition, Severity } from '@vastrox/shared/alert.ts'
import { type Database, fromJson } from '#store/database.ts'

/** A rule of a team's own, or what it has changed of a built-in one; what is null is as that has it. */
export interface AlertRuleRecord {
  teamId: string
  /** Of a built-in rule its name. */
  id: string
  appId: string | null
  name: string | null
  severity: Severity | null
  isOn: boolean | null
  condition: AlertCondition | null
  createdAt: string
}

interface Row {
  team_id: string
  id: string
  app_id: string | null
  name: string | null
  severity: string | null
  is_on: number | null
  condition_json: string | null
  created_at: string
}

/** Rules of alerts that teams have made or changed. */
export function createAlertRuleStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO alert_rules (team_id, id, app_id, name, severity, is_on, condition_json, created_at)
     VALUES (@team_id, @id, @app_id, @name, @severity, @is_on, @condition_json, @created_at)
     ON CONFLICT (team_id, id) DO UPDATE SET name = @name, severity = @severity, is_on = @is_on,
       condition_json = @condition_json`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM alert_rules WHERE team_id = ? ORDER BY created_at, id',
  )
  const one = db.prepare<[team: string, id: string], Row>(
    'SELECT * FROM alert_rules WHERE team_id = ? AND id = ?',
  )
  const teams = db.prepare<[], string>('SELECT DISTINCT team_id FROM alert_rules').pluck()
  const remove = db.prepare<[team: string, id: string]>(
    'DELETE FROM alert_rules WHERE team_id = ? AND id = ?',
  )

  return {
    list: (actor: Actor): AlertRuleRecord[] =>
      ofTeam.all(actor.teamId).filter(visibleTo(actor)).map(toRecord),
    find: (actor: Actor, id: string): AlertRuleRecord | undefined => {
      const row = one.get(actor.teamId, id)
      return row && visibleTo(actor)(row) ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): void => {
      remove.run(actor.teamId, id)
    },

    listOfTeamForPlatform: (teamId: string): AlertRuleRecord[] => ofTeam.all(teamId).map(toRecord),
    /** Teams that have rules of their own. */
    listTeamsForPlatform: (): string[] => teams.all(),
    saveForPlatform: (record: AlertRuleRecord): void => {
      upsert.run(toRow(record))
    },
  }
}
export type AlertRuleStore = ReturnType<typeof createAlertRuleStore>

const visibleTo =
  ({ appIds }: Actor) =>
  ({ app_id }: Row): boolean =>
    appIds === null || (app_id !== null && appIds.has(app_id))

const toRecord = (row: Row): AlertRuleRecord => ({
  teamId: row.team_id,
  id: row.id,
  appId: row.app_id,
  name: row.name,
  severity: row.severity === null ? null : Severity.parse(row.severity),
  isOn: row.is_on === null ? null : row.is_on === 1,
  condition: row.condition_json === null ? null : fromJson(AlertCondition, row.condition_json),
  createdAt: row.created_at,
})

const toRow = (record: AlertRuleRecord): Row => ({
  team_id: record.teamId,
  id: record.id,
  app_id: record.appId,
  name: record.name,
  severity: record.severity,
  is_on: record.isOn === null ? null : Number(record.isOn),
  condition_json: record.condition === null ? null : JSON.stringify(record.condition),
  created_at: record.createdAt,
})
