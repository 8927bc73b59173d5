import type { Actor } from '@vastrox/shared/actor.ts'
import { EnvPhase } from '@vastrox/shared/env.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** What an app's and a group's variable at rest have in common. Values are opened in core/env only. */
export interface SealedVariable {
  key: string
  sealed: Buffer
  phase: EnvPhase
  neverReveal: boolean
  isReference: boolean
  changedAt: string
}

/** One env variable of an app. */
export interface EnvRecord extends SealedVariable {
  appId: string
  teamId: string
}

export interface VariableRow {
  team_id: string
  key: string
  sealed: Buffer
  phase: string
  never_reveal: number
  is_reference: number
  changed_at: string
}

interface EnvRow extends VariableRow {
  app_id: string
}

export function createEnvStore(db: Database) {
  const ofApp = db.prepare<[appId: string], EnvRow>(
    'SELECT * FROM env_variables WHERE app_id = ? ORDER BY key',
  )
  const upsert = db.prepare<EnvRow>(
    `INSERT INTO env_variables (app_id, team_id, key, sealed, phase, never_reveal, is_reference, changed_at)
     VALUES (@app_id, @team_id, @key, @sealed, @phase, @never_reveal, @is_reference, @changed_at)
     ON CONFLICT (app_id, key) DO UPDATE SET sealed = @sealed, phase = @phase,
       never_reveal = @never_reveal, is_reference = @is_reference, changed_at = @changed_at`,
  )
  const remove = db.prepare<[appId: string, key: string, teamId: string]>(
    'DELETE FROM env_variables WHERE app_id = ? AND key = ? AND team_id = ?',
  )

  const frozen = db.prepare<{ appId: string; limit: number }, { id: string; env_sealed: Buffer }>(
    `SELECT id, env_sealed FROM releases
     WHERE app_id = @appId AND length(env_sealed) > 0 AND (
       id IN (SELECT release_id FROM instances WHERE app_id = @appId)
       OR id IN (SELECT release_id FROM deployments WHERE app_id = @appId AND state NOT IN
         ('live', 'superseded', 'reverted', 'failed', 'cancelled'))
       OR id IN (SELECT live_release_id FROM apps WHERE id = @appId))
     ORDER BY number DESC LIMIT @limit`,
  )
  const mark = db
    .prepare<{ appId: string }, string>(
      `SELECT coalesce((SELECT max(number) FROM releases WHERE app_id = @appId), 0)
         || '/' || (SELECT count(*) || '/' || coalesce(max(changed_at), '')
                    FROM env_variables WHERE app_id = @appId)
         || '/' || (SELECT count(*) || '/' || coalesce(max(changed_at), '') || '/'
                           || coalesce(sum(position), 0)
                    FROM env_group_apps JOIN env_group_variables USING (group_id)
                    WHERE env_group_apps.app_id = @appId)
         || '/' || coalesce((SELECT group_concat(hex(substr(variables_sealed, 6, 12)))
                    FROM addon_attachments WHERE app_id = @appId), '')`,
    )
    .pluck()

  return {
    list: (actor: Actor, appId: string): EnvRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toEnv),
    save: (actor: Actor, variable: Omit<EnvRecord, 'teamId'>): void => {
      upsert.run({ ...variableRow(variable), app_id: variable.appId, team_id: actor.teamId })
    },
    remove: (actor: Actor, appId: string, key: string): void => {
      remove.run(appId, key, actor.teamId)
    },

    listForPlatform: (appId: string): EnvRecord[] => ofApp.all(appId).map(toEnv),
    /** The env that the releases were frozen with which run, or are on their way to. */
    listFrozenForPlatform: (appId: string, limit: number): { id: string; envSealed: Buffer }[] =>
      frozen.all({ appId, limit }).map((row) => ({ id: row.id, envSealed: row.env_sealed })),
    /** Another text whenever the variables, its groups' or the releases of the app are others. */
    markForPlatform: (appId: string): string => mark.get({ appId }) ?? '',
  }
}
export type EnvStore = ReturnType<typeof createEnvStore>

/** Of a row of either table; the owner is the caller's to add. */
export const sealedVariable = (row: VariableRow): SealedVariable => ({
  key: row.key,
  sealed: row.sealed,
  phase: EnvPhase.parse(row.phase),
  neverReveal: row.never_reveal === 1,
  isReference: row.is_reference === 1,
  changedAt: row.changed_at,
})

export const variableRow = (variable: SealedVariable): Omit<VariableRow, 'team_id'> => ({
  key: variable.key,
  sealed: variable.sealed,
  phase: variable.phase,
  never_reveal: variable.neverReveal ? 1 : 0,
  is_reference: variable.isReference ? 1 : 0,
  changed_at: variable.changedAt,
})

const toEnv = (row: EnvRow): EnvRecord => ({
  ...sealedVariable(row),
  appId: row.app_id,
  teamId: row.team_id,
})
