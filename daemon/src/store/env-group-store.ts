import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'
import {
  type SealedVariable,
  sealedVariable,
  type VariableRow,
  variableRow,
} from '#store/env-store.ts'

/** Variables that several apps of a team share. */
export interface EnvGroupRecord {
  id: string
  teamId: string
  name: string
  createdAt: string
}

interface GroupRow {
  id: string
  team_id: string
  name: string
  created_at: string
}

interface GroupVariableRow extends VariableRow {
  group_id: string
}

export function createEnvGroupStore(db: Database) {
  const insert = db.prepare<GroupRow>(
    'INSERT INTO env_groups (id, team_id, name, created_at) VALUES (@id, @team_id, @name, @created_at)',
  )
  const ofTeam = db.prepare<[teamId: string], GroupRow>(
    'SELECT * FROM env_groups WHERE team_id = ? ORDER BY name',
  )
  const byName = db.prepare<[teamId: string, name: string], GroupRow>(
    'SELECT * FROM env_groups WHERE team_id = ? AND name = ?',
  )
  const remove = db.prepare<[id: string, teamId: string]>(
    'DELETE FROM env_groups WHERE id = ? AND team_id = ?',
  )
  const ofApp = db.prepare<[appId: string], GroupRow>(
    `SELECT env_groups.* FROM env_groups JOIN env_group_apps ON group_id = env_groups.id
     WHERE app_id = ? ORDER BY position`,
  )
  const variables = db.prepare<[groupId: string], GroupVariableRow>(
    'SELECT * FROM env_group_variables WHERE group_id = ? ORDER BY key',
  )
  const upsert = db.prepare<GroupVariableRow>(
    `INSERT INTO env_group_variables (group_id, team_id, key, sealed, phase, never_reveal,
       is_reference, changed_at)
     VALUES (@group_id, @team_id, @key, @sealed, @phase, @never_reveal, @is_reference, @changed_at)
     ON CONFLICT (group_id, key) DO UPDATE SET sealed = @sealed, phase = @phase,
       never_reveal = @never_reveal, is_reference = @is_reference, changed_at = @changed_at`,
  )
  const removeVariable = db.prepare<[groupId: string, key: string]>(
    'DELETE FROM env_group_variables WHERE group_id = ? AND key = ?',
  )
  const appsOf = db
    .prepare<[groupId: string], string>(
      `SELECT app_id FROM env_group_apps JOIN apps ON apps.id = app_id
       WHERE group_id = ? AND destroyed_at IS NULL ORDER BY apps.name`,
    )
    .pluck()
  const heldBy = db
    .prepare<[groupId: string], number>('SELECT count(*) FROM env_group_apps WHERE group_id = ?')
    .pluck()
  const detachAll = db.prepare<[appId: string]>('DELETE FROM env_group_apps WHERE app_id = ?')
  const attach = db.prepare<[appId: string, groupId: string, position: number]>(
    'INSERT INTO env_group_apps (app_id, group_id, position) VALUES (?, ?, ?)',
  )

  return {
    insert: (actor: Actor, group: Omit<EnvGroupRecord, 'teamId'>): void => {
      const { id, name, createdAt } = group
      insert.run({ id, name, team_id: actor.teamId, created_at: createdAt })
    },
    list: (actor: Actor): EnvGroupRecord[] => ofTeam.all(actor.teamId).map(toGroup),
    findByName: (actor: Actor, name: string): EnvGroupRecord | undefined => {
      const row = byName.get(actor.teamId, name)
      return row && toGroup(row)
    },
    remove: (actor: Actor, id: string): void => {
      remove.run(id, actor.teamId)
    },
    /** In the order in which they go over each other. */
    saveOfApp(appId: string, groupIds: readonly string[]): void {
      detachAll.run(appId)
      for (const [at, id] of groupIds.entries()) attach.run(appId, id, at + 1)
    },
    saveVariable: (actor: Actor, groupId: string, variable: SealedVariable): void => {
      upsert.run({ ...variableRow(variable), group_id: groupId, team_id: actor.teamId })
    },
    removeVariable: (groupId: string, key: string): void => {
      removeVariable.run(groupId, key)
    },

    listOfAppForPlatform: (appId: string): EnvGroupRecord[] => ofApp.all(appId).map(toGroup),
    listVariablesForPlatform: (groupId: string): SealedVariable[] =>
      variables.all(groupId).map(sealedVariable),
    /** Ids of the apps that have it, without those in the trash. */
    listAppsForPlatform: (groupId: string): string[] => appsOf.all(groupId),
    /** With those in the trash. */
    countAppsForPlatform: (groupId: string): number => heldBy.get(groupId) ?? 0,
  }
}
export type EnvGroupStore = ReturnType<typeof createEnvGroupStore>

const toGroup = (row: GroupRow): EnvGroupRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  createdAt: row.created_at,
})
