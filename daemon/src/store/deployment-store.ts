import type { Actor } from '@vastrox/shared/actor.ts'
import { DeploymentState, DeploymentTrigger } from '@vastrox/shared/deployment.ts'
import { ImageSource } from '@vastrox/shared/image-source.ts'
import { Scale } from '@vastrox/shared/process.ts'
import { Commit } from '@vastrox/shared/release.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** The act of making a release live. Its state is written by core/deployments/deployment.ts alone. */
export interface DeploymentRecord {
  id: string
  teamId: string
  appId: string
  /** Counts up per app; also the generation of the instances it starts. */
  number: number
  state: DeploymentState
  trigger: DeploymentTrigger
  /** As people would call who asked. */
  actor: string
  actorId: string
  commit: Commit | null
  /** The branch that was pushed and what it pointed to before; null where nothing was pushed. */
  ref: string | null
  oldSha: string | null
  /** The source tar; null where nothing is built. */
  sourceId: string | null
  /** The image to be taken as it is; null where there is a source, or nothing new. */
  image: ImageSource | null
  noCache: boolean
  /** The scale asked for; null keeps the app's. */
  scale: Record<string, number> | null
  /** The release whose image a roll back or env change takes; null means the one live at its turn. */
  baseReleaseId: string | null
  /** True where the frozen env of the base is taken too, false for the app's env of now. */
  baseEnv: boolean
  releaseId: string | null
  previousReleaseId: string | null
  /** Written by the switch, the commit point. */
  switchedAt: string | null
  description: string
  reason: string | null
  hint: string | null
  cancelRequested: boolean
  phases: { state: DeploymentState; at: string }[]
  createdAt: string
  changedAt: string
}

interface DeploymentRow {
  id: string
  team_id: string
  app_id: string
  number: number
  state: string
  trigger: string
  actor: string
  actor_id: string
  commit_json: string | null
  ref: string | null
  old_sha: string | null
  source_id: string | null
  image_json: string | null
  no_cache: number
  scale_json: string | null
  base_release_id: string | null
  base_env: number
  release_id: string | null
  previous_release_id: string | null
  switched_at: string | null
  description: string
  reason: string | null
  hint: string | null
  cancel_requested: number
  phases_json: string
  created_at: string
  changed_at: string
}

interface NewestRow {
  number: number
  state: string
  title: string
  at: string
}
export type NewestDeployment = Omit<NewestRow, 'state'> & { state: DeploymentState }

const Phases = z.array(z.object({ state: DeploymentState, at: z.string() }))

export function createDeploymentStore(db: Database) {
  const insert = db.prepare<DeploymentRow>(
    `INSERT INTO deployments (id, team_id, app_id, number, state, trigger, actor, actor_id,
       commit_json, ref, old_sha, source_id, image_json, no_cache, scale_json, base_release_id, base_env,
       release_id, previous_release_id, switched_at, description, reason, hint, cancel_requested,
       phases_json, created_at, changed_at)
     VALUES (@id, @team_id, @app_id, @number, @state, @trigger, @actor, @actor_id,
       @commit_json, @ref, @old_sha, @source_id, @image_json, @no_cache, @scale_json, @base_release_id, @base_env,
       @release_id, @previous_release_id, @switched_at, @description, @reason, @hint, @cancel_requested,
       @phases_json, @created_at, @changed_at)`,
  )
  const update = db.prepare<DeploymentRow>(
    `UPDATE deployments SET state = @state, commit_json = @commit_json, source_id = @source_id, image_json = @image_json,
       old_sha = @old_sha, release_id = @release_id,
       previous_release_id = @previous_release_id, switched_at = @switched_at, reason = @reason, hint = @hint,
       cancel_requested = @cancel_requested, phases_json = @phases_json, changed_at = @changed_at
     WHERE id = @id`,
  )
  const byId = db.prepare<[id: string], DeploymentRow>('SELECT * FROM deployments WHERE id = ?')
  const byNumber = db.prepare<[appId: string, number: number], DeploymentRow>(
    'SELECT * FROM deployments WHERE app_id = ? AND number = ?',
  )
  const page = db.prepare<[appId: string, before: number, limit: number], DeploymentRow>(
    'SELECT * FROM deployments WHERE app_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
  )
  const newest = db.prepare<[appIdsJson: string], NewestRow & { app_id: string }>(
    `SELECT app_id, number, state, coalesce(commit_json ->> '$.subject', description) AS title,
       created_at AS at
     FROM json_each(?) AS wanted CROSS JOIN deployments
       ON app_id = wanted.value
       AND number = (SELECT max(number) FROM deployments WHERE app_id = wanted.value)`,
  )
  const inStates = db.prepare<[statesJson: string], DeploymentRow>(
    `SELECT * FROM deployments WHERE state IN (SELECT value FROM json_each(?)) ORDER BY created_at, id`,
  )
  const sources = db
    .prepare<[], string>(
      `SELECT source_id FROM deployments WHERE source_id IS NOT NULL AND release_id IS NULL
         AND state NOT IN ('failed', 'cancelled', 'superseded')
       UNION SELECT source_id FROM builds WHERE image_removed_at IS NULL AND source_id <> ''`,
    )
    .pluck()

  const sourceOwners = db.prepare<[idsJson: string], { source_id: string; app_id: string | null }>(
    `SELECT value AS source_id, coalesce(
       (SELECT app_id FROM deployments WHERE source_id = asked.value),
       (SELECT app_id FROM builds WHERE source_id = asked.value)) AS app_id
     FROM json_each(?) AS asked`,
  )

  return {
    insert: (actor: Actor, deployment: DeploymentRecord): void => {
      insert.run(toRow({ ...deployment, teamId: actor.teamId }))
    },
    findById: (actor: Actor, id: string): DeploymentRecord | undefined => {
      const row = byId.get(id)
      return row && isVisible(actor, row) ? toDeployment(row) : undefined
    },
    findByNumber: (actor: Actor, appId: string, number: number): DeploymentRecord | undefined => {
      const row = byNumber.get(appId, number)
      return row && isVisible(actor, row) ? toDeployment(row) : undefined
    },
    /** Newest first, those below `before`. */
    listPage: (actor: Actor, appId: string, before: number, limit: number): DeploymentRecord[] =>
      page
        .all(appId, before, limit)
        .filter((row) => isVisible(actor, row))
        .map(toDeployment),

    saveForPlatform: (deployment: DeploymentRecord): void => {
      update.run(toRow(deployment))
    },
    findForPlatform: (id: string): DeploymentRecord | undefined => {
      const row = byId.get(id)
      return row && toDeployment(row)
    },
    /** Oldest first. */
    listInStatesForPlatform: (states: readonly DeploymentState[]): DeploymentRecord[] =>
      inStates.all(JSON.stringify(states)).map(toDeployment),
    /** By app, of the newest of each only what a list of apps says: there it is read for hundreds. */
    listNewestForPlatform: (appIds: readonly string[]): ReadonlyMap<string, NewestDeployment> =>
      new Map(
        newest
          .all(JSON.stringify(appIds))
          .map(({ app_id, state, ...row }) => [
            app_id,
            { ...row, state: DeploymentState.parse(state) },
          ]),
      ),
    /** Source tars that are still of use: to build from, or to build again. */
    listWantedSourcesForPlatform: (): string[] => sources.all(),
    /** The app of each of these source tars; nobody's are not in it. */
    listSourceOwnersForPlatform: (sourceIds: readonly string[]): ReadonlyMap<string, string> =>
      new Map(
        sourceOwners
          .all(JSON.stringify(sourceIds))
          .flatMap(({ source_id, app_id }) => (app_id === null ? [] : [[source_id, app_id]])),
      ),
  }
}
export type DeploymentStore = ReturnType<typeof createDeploymentStore>

const toDeployment = (row: DeploymentRow): DeploymentRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  number: row.number,
  state: DeploymentState.parse(row.state),
  trigger: DeploymentTrigger.parse(row.trigger),
  actor: row.actor,
  actorId: row.actor_id,
  commit: row.commit_json === null ? null : fromJson(Commit, row.commit_json),
  ref: row.ref,
  oldSha: row.old_sha,
  sourceId: row.source_id,
  image: row.image_json === null ? null : fromJson(ImageSource, row.image_json),
  noCache: row.no_cache === 1,
  scale: row.scale_json === null ? null : fromJson(Scale, row.scale_json),
  baseReleaseId: row.base_release_id,
  baseEnv: row.base_env === 1,
  releaseId: row.release_id,
  previousReleaseId: row.previous_release_id,
  switchedAt: row.switched_at,
  description: row.description,
  reason: row.reason,
  hint: row.hint,
  cancelRequested: row.cancel_requested === 1,
  phases: fromJson(Phases, row.phases_json),
  createdAt: row.created_at,
  changedAt: row.changed_at,
})

const toRow = (deployment: DeploymentRecord): DeploymentRow => ({
  id: deployment.id,
  team_id: deployment.teamId,
  app_id: deployment.appId,
  number: deployment.number,
  state: deployment.state,
  trigger: deployment.trigger,
  actor: deployment.actor,
  actor_id: deployment.actorId,
  commit_json: deployment.commit === null ? null : JSON.stringify(deployment.commit),
  ref: deployment.ref,
  old_sha: deployment.oldSha,
  source_id: deployment.sourceId,
  image_json: deployment.image === null ? null : JSON.stringify(deployment.image),
  no_cache: deployment.noCache ? 1 : 0,
  scale_json: deployment.scale === null ? null : JSON.stringify(deployment.scale),
  base_release_id: deployment.baseReleaseId,
  base_env: deployment.baseEnv ? 1 : 0,
  release_id: deployment.releaseId,
  previous_release_id: deployment.previousReleaseId,
  switched_at: deployment.switchedAt,
  description: deployment.description,
  reason: deployment.reason,
  hint: deployment.hint,
  cancel_requested: deployment.cancelRequested ? 1 : 0,
  phases_json: JSON.stringify(deployment.phases),
  created_at: deployment.createdAt,
  changed_at: deployment.changedAt,
})
