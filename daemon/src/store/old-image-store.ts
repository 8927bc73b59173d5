import type { Database } from '#store/database.ts'

interface Asked {
  /** A JSON list. */
  busy: string
  keptReleases: number
}

interface RemovableRow {
  image_id: string
  app_id: string
  created_at: string
  /** Of the newest release that was made of it; null where there was none. */
  number: number | null
}

/** An image that no kept release of any app needs. */
export interface OldImage {
  imageId: string
  appId: string
  /** The newest release that was made of it; null where there was none. */
  release: number | null
  /** Of the newest build that gave it. */
  createdAt: string
}

/** Apps in which nothing is under way and that are not in the trash; of the others everything stays. */
const RESTING = `resting AS MATERIALIZED (
  SELECT id, live_release_id, coalesce((SELECT number FROM releases WHERE app_id = apps.id
      ORDER BY number DESC LIMIT 1 OFFSET @keptReleases - 1), 0) AS first_kept
  FROM apps WHERE destroyed_at IS NULL AND id NOT IN (SELECT value FROM json_each(@busy)))`

/** Those that a roll back may go to, and those that run. */
const IS_KEPT = `(releases.number >= resting.first_kept OR releases.id IS resting.live_release_id
  OR EXISTS (SELECT 1 FROM instances WHERE release_id = releases.id))`

/** What no release needs that can still be rolled back to: of all apps in one look, however many there are. */
export function createOldImageStore(db: Database) {
  const removable = db.prepare<[Asked], RemovableRow>(
    `WITH ${RESTING}
     SELECT image_id, max(builds.app_id) AS app_id, max(builds.created_at) AS created_at,
       max(releases.number) AS number
     FROM builds INDEXED BY builds_with_image
     LEFT JOIN releases ON releases.build_id = builds.id
     LEFT JOIN resting ON resting.id = builds.app_id
     WHERE image_removed_at IS NULL
     GROUP BY image_id
     HAVING max(resting.id IS NULL OR (releases.id IS NOT NULL AND ${IS_KEPT})) = 0
     ORDER BY max(builds.created_at) DESC, max(builds.id) DESC`,
  )
  const forget = db.prepare<[Asked]>(
    `WITH ${RESTING}
     UPDATE releases SET env_sealed = x'' WHERE length(env_sealed) > 0
       AND EXISTS (SELECT 1 FROM resting WHERE resting.id = releases.app_id AND NOT ${IS_KEPT})`,
  )
  const asked = (busyApps: Iterable<string>, keptReleases: number): Asked => ({
    busy: JSON.stringify([...busyApps]),
    keptReleases,
  })

  return {
    /** Newest first. An image that one app keeps is not in it, whoever else has no use for it any more. */
    listRemovableForPlatform: (busyApps: Iterable<string>, keptReleases: number): OldImage[] =>
      removable
        .all(asked(busyApps, keptReleases))
        .map(({ image_id, app_id, created_at, number }) => ({
          imageId: image_id,
          appId: app_id,
          release: number,
          createdAt: created_at,
        })),
    /** Secrets that nothing runs with any more. Gives how many releases had some. */
    forgetEnvsForPlatform: (busyApps: Iterable<string>, keptReleases: number): number =>
      forget.run(asked(busyApps, keptReleases)).changes,
  }
}
export type OldImageStore = ReturnType<typeof createOldImageStore>
