import type { Actor } from '@vastrox/shared/actor.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** A directory that outlives instances. */
export interface VolumeRecord {
  id: string
  teamId: string
  appId: string
  appName: string
  node: string
  name: string
  mountPath: string
  /** null: all of them. */
  processes: string[] | null
  exclusive: boolean
  createdAt: string
  /** An instance has had it since; null: there is nothing of it yet. */
  madeAt: string | null
  destroyedAt: string | null
  /** Its data is being removed, and nothing brings it back. */
  purgingAt: string | null
}

interface VolumeRow {
  id: string
  team_id: string
  app_id: string
  app_name: string
  node: string
  name: string
  mount_path: string
  processes_json: string | null
  exclusive: number
  created_at: string
  made_at: string | null
  destroyed_at: string | null
  purging_at: string | null
}

const Processes = z.array(z.string())

export function createVolumeStore(db: Database) {
  const upsert = db.prepare<VolumeRow>(
    `INSERT INTO volumes (id, team_id, app_id, app_name, node, name, mount_path, processes_json,
       exclusive, created_at, made_at, destroyed_at, purging_at)
     VALUES (@id, @team_id, @app_id, @app_name, @node, @name, @mount_path, @processes_json,
       @exclusive, @created_at, @made_at, @destroyed_at, @purging_at)
     ON CONFLICT (id) DO UPDATE SET mount_path = @mount_path, processes_json = @processes_json,
       exclusive = @exclusive, destroyed_at = @destroyed_at, purging_at = @purging_at
     WHERE team_id = @team_id`,
  )
  const ofApp = db.prepare<[appId: string], VolumeRow>(
    'SELECT * FROM volumes WHERE app_id = ? AND destroyed_at IS NULL ORDER BY name',
  )
  const madeOfApps = db.prepare<[appIdsJson: string], VolumeRow>(
    `SELECT volumes.* FROM json_each(?) AS wanted
     CROSS JOIN volumes ON app_id = wanted.value AND destroyed_at IS NULL
     WHERE made_at IS NOT NULL ORDER BY wanted.key, volumes.name`,
  )
  const byId = db.prepare<[id: string], VolumeRow>('SELECT * FROM volumes WHERE id = ?')
  const trash = db.prepare<[teamId: string], VolumeRow>(
    'SELECT * FROM volumes WHERE team_id = ? AND destroyed_at IS NOT NULL ORDER BY destroyed_at DESC',
  )

  const purging = db.prepare<[], VolumeRow>(
    'SELECT * FROM volumes WHERE purging_at IS NOT NULL ORDER BY purging_at LIMIT 1000',
  )
  const all = db.prepare<[], VolumeRow>('SELECT * FROM volumes ORDER BY id')
  const removeAny = db.prepare<[id: string]>(
    'DELETE FROM volumes WHERE id = ? AND purging_at IS NOT NULL',
  )
  const setMade = db.prepare<[madeAt: string, id: string]>(
    'UPDATE volumes SET made_at = ? WHERE id = ? AND made_at IS NULL',
  )

  return {
    /** Writes the row, or what may change of one that is there. */
    save: (_actor: Actor, volume: VolumeRecord): void => {
      upsert.run(toRow(volume))
    },
    listForApp: (actor: Actor, appId: string): VolumeRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toVolume),
    listDestroyed: (actor: Actor): VolumeRecord[] =>
      trash
        .all(actor.teamId)
        .filter((row) => isVisible(actor, row))
        .map(toVolume),

    /** Those whose end was asked for, by whom the audit log tells. */
    listPurgingForPlatform: (): VolumeRecord[] => purging.all().map(toVolume),
    /** Those in the trash too. */
    listForPlatform: (): VolumeRecord[] => all.all().map(toVolume),
    /** Only one that is being purged. */
    removePurgedForPlatform: (id: string): void => {
      removeAny.run(id)
    },
    /** The first time counts. */
    setMadeForPlatform: (id: string, madeAt: string): void => {
      setMade.run(madeAt, id)
    },
    saveForPlatform: (volume: VolumeRecord): void => {
      upsert.run(toRow(volume))
    },
    /** Those in the trash too. */
    findForPlatform: (id: string): VolumeRecord | undefined => {
      const row = byId.get(id)
      return row && toVolume(row)
    },
    /** Those that have been made, in the order of the apps and then by name. */
    listMadeOfAppsForPlatform: (appIds: readonly string[]): VolumeRecord[] =>
      madeOfApps.all(JSON.stringify(appIds)).map(toVolume),
    listForAppForPlatform: (appId: string): VolumeRecord[] => ofApp.all(appId).map(toVolume),
  }
}
export type VolumeStore = ReturnType<typeof createVolumeStore>

const toVolume = (row: VolumeRow): VolumeRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  appName: row.app_name,
  node: row.node,
  name: row.name,
  mountPath: row.mount_path,
  processes: row.processes_json === null ? null : fromJson(Processes, row.processes_json),
  exclusive: row.exclusive === 1,
  createdAt: row.created_at,
  madeAt: row.made_at,
  destroyedAt: row.destroyed_at,
  purgingAt: row.purging_at,
})

const toRow = (volume: VolumeRecord): VolumeRow => ({
  id: volume.id,
  team_id: volume.teamId,
  app_id: volume.appId,
  app_name: volume.appName,
  node: volume.node,
  name: volume.name,
  mount_path: volume.mountPath,
  processes_json: volume.processes === null ? null : JSON.stringify(volume.processes),
  exclusive: volume.exclusive ? 1 : 0,
  created_at: volume.createdAt,
  made_at: volume.madeAt,
  destroyed_at: volume.destroyedAt,
  purging_at: volume.purgingAt,
})
