import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** One env variable at rest. Its value is opened in core/env only. */
export interface EnvRecord {
  appId: string
  teamId: string
  key: string
  sealed: Buffer
  changedAt: string
}

interface EnvRow {
  app_id: string
  team_id: string
  key: string
  sealed: Buffer
  changed_at: string
}

export function createEnvStore(db: Database) {
  const ofApp = db.prepare<[appId: string], EnvRow>(
    'SELECT * FROM env_variables WHERE app_id = ? ORDER BY key',
  )
  const upsert = db.prepare<EnvRow>(
    `INSERT INTO env_variables (app_id, team_id, key, sealed, changed_at)
     VALUES (@app_id, @team_id, @key, @sealed, @changed_at)
     ON CONFLICT (app_id, key) DO UPDATE SET sealed = @sealed, changed_at = @changed_at`,
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
    .prepare<[appId: string, appId: string], string>(
      `SELECT coalesce((SELECT max(number) FROM releases WHERE app_id = ?), 0) || '/' ||
         (SELECT count(*) || '/' || coalesce(max(changed_at), '') FROM env_variables WHERE app_id = ?)`,
    )
    .pluck()

  return {
    list: (actor: Actor, appId: string): EnvRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toEnv),
    save: (actor: Actor, variable: Omit<EnvRecord, 'teamId'>): void => {
      upsert.run(toRow({ ...variable, teamId: actor.teamId }))
    },
    remove: (actor: Actor, appId: string, key: string): void => {
      remove.run(appId, key, actor.teamId)
    },

    listForPlatform: (appId: string): EnvRecord[] => ofApp.all(appId).map(toEnv),
    /** The env that the releases were frozen with which run, or are on their way to. */
    listFrozenForPlatform: (appId: string, limit: number): { id: string; envSealed: Buffer }[] =>
      frozen.all({ appId, limit }).map((row) => ({ id: row.id, envSealed: row.env_sealed })),
    /** Another text whenever the variables or the releases of the app are others. */
    markForPlatform: (appId: string): string => mark.get(appId, appId) ?? '',
  }
}
export type EnvStore = ReturnType<typeof createEnvStore>

const toEnv = (row: EnvRow): EnvRecord => ({
  appId: row.app_id,
  teamId: row.team_id,
  key: row.key,
  sealed: row.sealed,
  changedAt: row.changed_at,
})

const toRow = (variable: EnvRecord): EnvRow => ({
  app_id: variable.appId,
  team_id: variable.teamId,
  key: variable.key,
  sealed: variable.sealed,
  changed_at: variable.changedAt,
})
