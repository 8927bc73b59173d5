import type { Actor } from '@vastrox/shared/actor.ts'
import { Severity } from '@vastrox/shared/alert.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export type ChannelSettings = Record<string, string | number | boolean>

export interface ChannelRecord {
  id: string
  teamId: string
  name: string
  kind: string
  /** Without what is secret. */
  settings: ChannelSettings
  /** JSON of the secret settings, sealed with `channels|<id>|secrets_sealed`. */
  secretsSealed: Buffer
  minSeverity: Severity
  withDeployments: boolean
  /** Null: all of the team's. */
  appIds: string[] | null
  isOn: boolean
  /** Nothing is sent before. */
  heldUntil: string | null
  failingSince: string | null
  reason: string | null
  isFailureTold: boolean
  deliveredAt: string | null
  createdAt: string
}

interface Row {
  id: string
  team_id: string
  name: string
  kind: string
  settings_json: string
  secrets_sealed: Buffer
  min_severity: string
  with_deployments: number
  apps_json: string | null
  is_on: number
  held_until: string | null
  failing_since: string | null
  reason: string | null
  is_failure_told: number
  delivered_at: string | null
  created_at: string
}

const Settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const AppIds = z.array(z.string())

/** Where notifications of a team are sent. */
export function createChannelStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO channels (id, team_id, name, kind, settings_json, secrets_sealed, min_severity,
       with_deployments, apps_json, is_on, held_until, failing_since, reason, is_failure_told,
       delivered_at, created_at)
     VALUES (@id, @team_id, @name, @kind, @settings_json, @secrets_sealed, @min_severity,
       @with_deployments, @apps_json, @is_on, @held_until, @failing_since, @reason,
       @is_failure_told, @delivered_at, @created_at)
     ON CONFLICT (id) DO UPDATE SET name = @name, settings_json = @settings_json,
       secrets_sealed = @secrets_sealed, min_severity = @min_severity,
       with_deployments = @with_deployments, apps_json = @apps_json, is_on = @is_on,
       held_until = @held_until, failing_since = @failing_since, reason = @reason,
       is_failure_told = @is_failure_told, delivered_at = @delivered_at
     WHERE team_id = @team_id`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM channels WHERE team_id = ? ORDER BY id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM channels WHERE id = ?')
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM channels WHERE id = ? AND team_id = ?',
  )

  return {
    list: (actor: Actor): ChannelRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    find: (actor: Actor, id: string): ChannelRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    listOfTeamForPlatform: (teamId: string): ChannelRecord[] => ofTeam.all(teamId).map(toRecord),
    findForPlatform: (id: string): ChannelRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    saveForPlatform: (record: ChannelRecord): void => {
      upsert.run(toRow(record))
    },
  }
}
export type ChannelStore = ReturnType<typeof createChannelStore>

const toRecord = (row: Row): ChannelRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  kind: row.kind,
  settings: fromJson(Settings, row.settings_json),
  secretsSealed: row.secrets_sealed,
  minSeverity: Severity.parse(row.min_severity),
  withDeployments: row.with_deployments === 1,
  appIds: row.apps_json === null ? null : fromJson(AppIds, row.apps_json),
  isOn: row.is_on === 1,
  heldUntil: row.held_until,
  failingSince: row.failing_since,
  reason: row.reason,
  isFailureTold: row.is_failure_told === 1,
  deliveredAt: row.delivered_at,
  createdAt: row.created_at,
})

const toRow = (record: ChannelRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  name: record.name,
  kind: record.kind,
  settings_json: JSON.stringify(record.settings),
  secrets_sealed: record.secretsSealed,
  min_severity: record.minSeverity,
  with_deployments: record.withDeployments ? 1 : 0,
  apps_json: record.appIds === null ? null : JSON.stringify(record.appIds),
  is_on: record.isOn ? 1 : 0,
  held_until: record.heldUntil,
  failing_since: record.failingSince,
  reason: record.reason,
  is_failure_told: record.isFailureTold ? 1 : 0,
  delivered_at: record.deliveredAt,
  created_at: record.createdAt,
})
