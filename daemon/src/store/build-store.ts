import type { Actor } from '@vastrox/shared/actor.ts'
import { AppConfig } from '@vastrox/shared/app-config.ts'
import { BuildPlanRecord } from '@vastrox/shared/build-plan.ts'
import { ImageSource } from '@vastrox/shared/image-source.ts'
import { Commit } from '@vastrox/shared/release.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** A source turned into an image. */
export interface BuildRecord {
  id: string
  teamId: string
  appId: string
  stack: string
  imageId: string
  imageSizeBytes: number
  /** As it was built, shown to the user. */
  dockerfile: string
  processes: Record<string, string | null>
  releaseCommand: string | null
  /** Env that the user's env overrides. */
  imageEnv: Record<string, string>
  /** What vastrox.json and app.json say. */
  config: AppConfig
  /** How it was built; null for an image that was not, and for builds of an older version. */
  plan: BuildPlanRecord | null
  commit: Commit | null
  /** The tar it was built from; null for an image that was taken as it is. */
  sourceId: string | null
  /** The image that was taken as it is. */
  image: ImageSource | null
  durationMs: number
  createdAt: string
  imageRemovedAt: string | null
}

interface BuildRow {
  id: string
  team_id: string
  app_id: string
  stack: string
  image_id: string
  image_size_bytes: number
  dockerfile: string
  processes_json: string
  release_command: string | null
  image_env_json: string
  config_json: string
  plan_json: string | null
  commit_json: string | null
  source_id: string
  image_json: string | null
  duration_ms: number
  created_at: string
  image_removed_at: string | null
}

const Texts = z.record(z.string(), z.string())
const Commands = z.record(z.string(), z.string().nullable())

export function createBuildStore(db: Database) {
  const insert = db.prepare<BuildRow>(
    `INSERT INTO builds (id, team_id, app_id, stack, image_id, image_size_bytes, dockerfile,
       processes_json, release_command, image_env_json, config_json, plan_json, commit_json,
       source_id, image_json, duration_ms, created_at, image_removed_at)
     VALUES (@id, @team_id, @app_id, @stack, @image_id, @image_size_bytes, @dockerfile,
       @processes_json, @release_command, @image_env_json, @config_json, @plan_json,
       @commit_json, @source_id, @image_json, @duration_ms, @created_at, @image_removed_at)`,
  )
  const byId = db.prepare<[id: string], BuildRow>('SELECT * FROM builds WHERE id = ?')
  const ofApp = db.prepare<[appId: string], BuildRow>(
    'SELECT * FROM builds WHERE app_id = ? ORDER BY created_at DESC, id DESC',
  )
  const latest = db.prepare<[appId: string], BuildRow>(
    'SELECT * FROM builds WHERE app_id = ? ORDER BY created_at DESC, id DESC LIMIT 1',
  )
  const unnamed = db
    .prepare<[imageIdsJson: string], string>(
      `SELECT value FROM json_each(?) AS asked
       WHERE NOT EXISTS (SELECT 1 FROM builds WHERE image_id = asked.value)`,
    )
    .pluck()
  const markRemoved = db.prepare<[at: string, imageId: string]>(
    'UPDATE builds SET image_removed_at = ? WHERE image_id = ? AND image_removed_at IS NULL',
  )

  return {
    listForApp: (actor: Actor, appId: string): BuildRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toBuild),

    insertForPlatform: (build: BuildRecord): void => {
      insert.run(toRow(build))
    },
    findForPlatform: (id: string): BuildRecord | undefined => {
      const row = byId.get(id)
      return row && toBuild(row)
    },
    /** The newest of an app's builds; undefined before the first. */
    findLatestForPlatform: (appId: string): BuildRecord | undefined => {
      const row = latest.get(appId)
      return row && toBuild(row)
    },
    /** Newest first. */
    listForAppForPlatform: (appId: string): BuildRecord[] => ofApp.all(appId).map(toBuild),
    /** Those of these images that no build has given, ever. */
    listUnnamedImagesForPlatform: (imageIds: readonly string[]): ReadonlySet<string> =>
      new Set(unnamed.all(JSON.stringify(imageIds))),
    markImageRemovedForPlatform: (imageId: string, at: string): void => {
      markRemoved.run(at, imageId)
    },
  }
}
export type BuildStore = ReturnType<typeof createBuildStore>

const toBuild = (row: BuildRow): BuildRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  stack: row.stack,
  imageId: row.image_id,
  imageSizeBytes: row.image_size_bytes,
  dockerfile: row.dockerfile,
  processes: fromJson(Commands, row.processes_json),
  releaseCommand: row.release_command,
  imageEnv: fromJson(Texts, row.image_env_json),
  config: fromJson(AppConfig, row.config_json),
  plan: row.plan_json === null ? null : fromJson(BuildPlanRecord, row.plan_json),
  commit: row.commit_json === null ? null : fromJson(Commit, row.commit_json),
  sourceId: row.source_id || null,
  image: row.image_json === null ? null : fromJson(ImageSource, row.image_json),
  durationMs: row.duration_ms,
  createdAt: row.created_at,
  imageRemovedAt: row.image_removed_at,
})

const toRow = (build: BuildRecord): BuildRow => ({
  id: build.id,
  team_id: build.teamId,
  app_id: build.appId,
  stack: build.stack,
  image_id: build.imageId,
  image_size_bytes: build.imageSizeBytes,
  dockerfile: build.dockerfile,
  processes_json: JSON.stringify(build.processes),
  release_command: build.releaseCommand,
  image_env_json: JSON.stringify(build.imageEnv),
  config_json: JSON.stringify(build.config),
  plan_json: build.plan === null ? null : JSON.stringify(build.plan),
  commit_json: build.commit === null ? null : JSON.stringify(build.commit),
  source_id: build.sourceId ?? '',
  image_json: build.image === null ? null : JSON.stringify(build.image),
  duration_ms: build.durationMs,
  created_at: build.createdAt,
  image_removed_at: build.imageRemovedAt,
})
