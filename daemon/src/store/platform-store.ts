import { CodedError } from '@vastrox/shared/errors.ts'
import BetterSqlite3 from 'better-sqlite3'
import type { Database } from '#store/database.ts'

interface AppRow {
  id: string
  name: string
  image_id: string | null
  hosts: string | null
}

interface VolumeRow {
  id: string
  app_id: string
  app_name: string
  name: string
}

/** Separates host names in one text; no name has it. */
const SEPARATOR = '\n'

/** The installation as a whole: what a backup of it keeps, and what a restored one forgets. */
export function createPlatformStore(db: Database) {
  const apps = db.prepare<[], AppRow>(
    `SELECT apps.id, apps.name,
       CASE WHEN builds.image_removed_at IS NULL THEN builds.image_id END AS image_id,
       (SELECT group_concat(host, char(10)) FROM domains
         WHERE domains.app_id = apps.id AND served_since IS NOT NULL) AS hosts
     FROM apps LEFT JOIN releases ON releases.id = apps.live_release_id
       LEFT JOIN builds ON builds.id = releases.build_id
     WHERE apps.destroyed_at IS NULL ORDER BY apps.name`,
  )
  const running = db
    .prepare<[], string>(
      `SELECT DISTINCT builds.image_id FROM instances
         JOIN releases ON releases.id = instances.release_id
         JOIN builds ON builds.id = releases.build_id
       WHERE instances.state <> 'draining' AND builds.image_removed_at IS NULL
       ORDER BY builds.image_id`,
    )
    .pluck()
  const volumes = db.prepare<[], VolumeRow>(
    `SELECT id, app_id, app_name, name FROM volumes
     WHERE made_at IS NOT NULL AND purging_at IS NULL ORDER BY app_name, name, id`,
  )
  const endSessions = db.prepare<[]>('DELETE FROM sessions')
  const endLinks = db.prepare<[]>('DELETE FROM sign_in_links')

  return {
    /**
     * Writes a consistent copy over this connection, a few pages at a time while others work (rule B2),
     * and reads all of it again. Rejects with DATABASE_CORRUPT where SQLite finds damage in it.
     */
    async copyForPlatform(path: string): Promise<void> {
      await db.backup(path)
      const copy = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
      try {
        const found = copy.pragma('integrity_check(1)', { simple: true })
        if (found !== 'ok') throw new CodedError('DATABASE_CORRUPT', { check: String(found) })
        if (copy.prepare('PRAGMA foreign_key_check').get() !== undefined)
          throw new Error('rows of the copy of the database refer to rows that are not there')
      } finally {
        copy.close()
      }
    },

    /** Apps that are not in the trash. */
    listAppsForPlatform: () =>
      apps.all().map(({ id, name, image_id, hosts }) => ({
        id,
        name,
        imageId: image_id,
        hosts: hosts === null ? [] : hosts.split(SEPARATOR).toSorted(),
      })),
    /** Images that something runs from. */
    listRunningImagesForPlatform: (): string[] => running.all(),
    /** Those that have had data, in the trash too. */
    listVolumesForPlatform: () =>
      volumes.all().map(({ id, app_id, app_name, name }) => ({
        id,
        ownerId: app_id,
        name: `${app_name}/${name}`,
      })),

    /** Whoever was signed in signs in again. How many were. */
    endSessionsForPlatform(): number {
      endLinks.run()
      return endSessions.run().changes
    },
  }
}
export type PlatformStore = ReturnType<typeof createPlatformStore>
