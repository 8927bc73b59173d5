import type { Actor } from '@vastrox/shared/actor.ts'
import { AppConfig } from '@vastrox/shared/app-config.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** image + frozen env + processes, numbered, never changed. */
export interface ReleaseRecord {
  id: string
  teamId: string
  appId: string
  number: number
  buildId: string
  /** JSON of the user's env, sealed with the context `releases|<id>|env_sealed`; empty once forgotten. */
  envSealed: Buffer
  envKeys: string[]
  processes: Record<string, string | null>
  /** What its source says; that of its build. */
  config: AppConfig
  description: string
  createdAt: string
}

interface ReleaseRow {
  id: string
  team_id: string
  app_id: string
  number: number
  build_id: string
  env_sealed: Buffer
  env_keys_json: string
  processes_json: string
  description: string
  created_at: string
}

interface ShownRow extends ReleaseRow {
  config_json: string
}

const Keys = z.array(z.string())
/** null: the image's own command. */
const Processes = z.record(z.string(), z.string().nullable())

export function createReleaseStore(db: Database) {
  const insert = db.prepare<ReleaseRow>(
    `INSERT INTO releases (id, team_id, app_id, number, build_id, env_sealed, env_keys_json,
       processes_json, description, created_at)
     VALUES (@id, @team_id, @app_id, @number, @build_id, @env_sealed, @env_keys_json,
       @processes_json, @description, @created_at)`,
  )
  const select = `SELECT releases.*, builds.config_json
    FROM releases JOIN builds ON builds.id = releases.build_id`
  const byId = db.prepare<[id: string], ShownRow>(`${select} WHERE releases.id = ?`)
  const numbers = db.prepare<[idsJson: string], { id: string; number: number }>(
    `SELECT releases.id, number FROM json_each(?) AS wanted
     CROSS JOIN releases ON releases.id = wanted.value`,
  )
  const byNumber = db.prepare<[appId: string, number: number], ShownRow>(
    `${select} WHERE releases.app_id = ? AND number = ?`,
  )
  const ofApp = db.prepare<[appId: string], ShownRow>(
    `${select} WHERE releases.app_id = ? ORDER BY number DESC`,
  )

  const lastNumber = db
    .prepare<[appId: string], number | null>('SELECT max(number) FROM releases WHERE app_id = ?')
    .pluck()
  const forget = db.prepare<[id: string]>("UPDATE releases SET env_sealed = x'' WHERE id = ?")

  return {
    /** Newest first. */
    list: (actor: Actor, appId: string): ReleaseRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toRelease),
    findByNumber: (actor: Actor, appId: string, number: number): ReleaseRecord | undefined => {
      const row = byNumber.get(appId, number)
      return row && isVisible(actor, row) ? toRelease(row) : undefined
    },

    insertForPlatform: (release: ReleaseRecord): void => {
      insert.run(toRow(release))
    },
    /** The one thing of a release that does not stay: secrets that nothing runs with any more. */
    forgetEnvForPlatform: (id: string): void => {
      forget.run(id)
    },
    findForPlatform: (id: string): ReleaseRecord | undefined => {
      const row = byId.get(id)
      return row && toRelease(row)
    },
    /** By id, where nothing more of them is asked. */
    listNumbersForPlatform: (ids: readonly string[]): ReadonlyMap<string, number> =>
      new Map(numbers.all(JSON.stringify(ids)).map(({ id, number }) => [id, number])),
    listForAppForPlatform: (appId: string): ReleaseRecord[] => ofApp.all(appId).map(toRelease),
    /** 0 where there is none. */
    lastNumberForPlatform: (appId: string): number => lastNumber.get(appId) ?? 0,
  }
}
export type ReleaseStore = ReturnType<typeof createReleaseStore>

const toRelease = (row: ShownRow): ReleaseRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  number: row.number,
  buildId: row.build_id,
  envSealed: row.env_sealed,
  envKeys: fromJson(Keys, row.env_keys_json),
  processes: fromJson(Processes, row.processes_json),
  config: fromJson(AppConfig, row.config_json),
  description: row.description,
  createdAt: row.created_at,
})

const toRow = (release: ReleaseRecord): ReleaseRow => ({
  id: release.id,
  team_id: release.teamId,
  app_id: release.appId,
  number: release.number,
  build_id: release.buildId,
  env_sealed: release.envSealed,
  env_keys_json: JSON.stringify(release.envKeys),
  processes_json: JSON.stringify(release.processes),
  description: release.description,
  created_at: release.createdAt,
})
