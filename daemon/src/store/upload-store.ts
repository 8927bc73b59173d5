import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** How an app takes uploads, and what of them is not published yet. */
export interface UploadRecord {
  appId: string
  teamId: string
  publishOnIdle: boolean
  plainFtp: boolean
  passwordHash: string | null
  passwordChangedAt: string | null
  /** Who made it; null for one of before, and of root. */
  passwordUserId: string | null
  /** The first change that is not published, and who made the last one. */
  changedAt: string | null
  changedBy: string | null
  /** Why publishing it by itself came to nothing. */
  problem: string | null
}

interface UploadRow {
  app_id: string
  team_id: string
  publish_on_idle: number
  plain_ftp: number
  password_hash: string | null
  password_changed_at: string | null
  password_user_id: string | null
  changed_at: string | null
  changed_by: string | null
  problem: string | null
}

export function createUploadStore(db: Database) {
  const upsert = db.prepare<UploadRow>(
    `INSERT INTO uploads (app_id, team_id, publish_on_idle, plain_ftp, password_hash,
       password_changed_at, password_user_id, changed_at, changed_by, problem)
     VALUES (@app_id, @team_id, @publish_on_idle, @plain_ftp, @password_hash,
       @password_changed_at, @password_user_id, @changed_at, @changed_by, @problem)
     ON CONFLICT (app_id) DO UPDATE SET publish_on_idle = @publish_on_idle,
       plain_ftp = @plain_ftp, password_hash = @password_hash,
       password_changed_at = @password_changed_at, password_user_id = @password_user_id, changed_at = @changed_at,
       changed_by = @changed_by, problem = @problem`,
  )
  const byApp = db.prepare<[appId: string], UploadRow>('SELECT * FROM uploads WHERE app_id = ?')
  const changed = db.prepare<[], UploadRow>(
    `SELECT uploads.* FROM uploads JOIN apps ON apps.id = app_id
     WHERE changed_at IS NOT NULL AND destroyed_at IS NULL ORDER BY changed_at LIMIT 1000`,
  )

  return {
    find: (actor: Actor, appId: string): UploadRecord | undefined => {
      const row = byApp.get(appId)
      return row && isVisible(actor, row) ? toRecord(row) : undefined
    },
    findForPlatform: (appId: string): UploadRecord | undefined => {
      const row = byApp.get(appId)
      return row && toRecord(row)
    },
    saveForPlatform: (record: UploadRecord): void => {
      upsert.run(toRow(record))
    },
    /** Those with something that is not published. */
    listChangedForPlatform: (): UploadRecord[] => changed.all().map(toRecord),
  }
}
export type UploadStore = ReturnType<typeof createUploadStore>

const toRecord = (row: UploadRow): UploadRecord => ({
  appId: row.app_id,
  teamId: row.team_id,
  publishOnIdle: row.publish_on_idle === 1,
  plainFtp: row.plain_ftp === 1,
  passwordHash: row.password_hash,
  passwordChangedAt: row.password_changed_at,
  passwordUserId: row.password_user_id,
  changedAt: row.changed_at,
  changedBy: row.changed_by,
  problem: row.problem,
})

const toRow = (record: UploadRecord): UploadRow => ({
  app_id: record.appId,
  team_id: record.teamId,
  publish_on_idle: record.publishOnIdle ? 1 : 0,
  plain_ftp: record.plainFtp ? 1 : 0,
  password_hash: record.passwordHash,
  password_changed_at: record.passwordChangedAt,
  password_user_id: record.passwordUserId,
  changed_at: record.changedAt,
  changed_by: record.changedBy,
  problem: record.problem,
})
