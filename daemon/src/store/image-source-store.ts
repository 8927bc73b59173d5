import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** The image that an app is made of. */
export interface ImageSourceRecord {
  appId: string
  teamId: string
  /** As people write it, in full: `nginx:1.27`. */
  reference: string
  /** What was taken up last, whether it went live or not; null: nothing, or it could not be fetched. */
  digest: string | null
  /** Deployed again when the tag points to another digest. */
  follows: boolean
  checkedAt: string | null
  nextCheckAt: string | null
  /** Times in a row that the registry did not answer, and what it said. */
  failures: number
  problem: string | null
}

interface ImageSourceRow {
  app_id: string
  team_id: string
  reference: string
  digest: string | null
  follows: number
  checked_at: string | null
  next_check_at: string | null
  failures: number
  problem: string | null
}

export function createImageSourceStore(db: Database) {
  const upsert = db.prepare<ImageSourceRow>(
    `INSERT INTO image_sources (app_id, team_id, reference, digest, follows, checked_at,
       next_check_at, failures, problem)
     VALUES (@app_id, @team_id, @reference, @digest, @follows, @checked_at,
       @next_check_at, @failures, @problem)
     ON CONFLICT (app_id) DO UPDATE SET reference = @reference, digest = @digest,
       follows = @follows, checked_at = @checked_at, next_check_at = @next_check_at,
       failures = @failures, problem = @problem`,
  )
  const byApp = db.prepare<[appId: string], ImageSourceRow>(
    'SELECT * FROM image_sources WHERE app_id = ?',
  )
  const due = db.prepare<[now: string, limit: number], ImageSourceRow>(
    `SELECT image_sources.* FROM image_sources JOIN apps ON apps.id = app_id
     WHERE follows = 1 AND wanted = 1 AND destroyed_at IS NULL
       AND (next_check_at IS NULL OR next_check_at <= ?)
     ORDER BY next_check_at LIMIT ?`,
  )
  const remove = db.prepare<[appId: string]>('DELETE FROM image_sources WHERE app_id = ?')

  return {
    find: (actor: Actor, appId: string): ImageSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && isVisible(actor, row) ? toRecord(row) : undefined
    },

    findForPlatform: (appId: string): ImageSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && toRecord(row)
    },
    saveForPlatform: (record: ImageSourceRecord): void => {
      upsert.run(toRow(record))
    },
    /** Those whose registry is to be asked by now; never of an app that is stopped or in the trash. */
    listDueForPlatform: (now: string, limit: number): ImageSourceRecord[] =>
      due.all(now, limit).map(toRecord),
    removeForPlatform: (appId: string): void => {
      remove.run(appId)
    },
  }
}
export type ImageSourceStore = ReturnType<typeof createImageSourceStore>

const toRecord = (row: ImageSourceRow): ImageSourceRecord => ({
  appId: row.app_id,
  teamId: row.team_id,
  reference: row.reference,
  digest: row.digest,
  follows: row.follows === 1,
  checkedAt: row.checked_at,
  nextCheckAt: row.next_check_at,
  failures: row.failures,
  problem: row.problem,
})

const toRow = (record: ImageSourceRecord): ImageSourceRow => ({
  app_id: record.appId,
  team_id: record.teamId,
  reference: record.reference,
  digest: record.digest,
  follows: record.follows ? 1 : 0,
  checked_at: record.checkedAt,
  next_check_at: record.nextCheckAt,
  failures: record.failures,
  problem: record.problem,
})
