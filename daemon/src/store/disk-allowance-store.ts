import type { Database } from '#store/database.ts'

interface AllowanceRow {
  app_id: string
  team_id: string
  bytes: number
  changed_at: string
}

/** How much of the disk apps may take, as far as it was said of them. */
export function createDiskAllowanceStore(db: Database) {
  const upsert = db.prepare<AllowanceRow>(
    `INSERT INTO disk_allowances (app_id, team_id, bytes, changed_at)
     VALUES (@app_id, @team_id, @bytes, @changed_at)
     ON CONFLICT (app_id) DO UPDATE SET bytes = @bytes, changed_at = @changed_at`,
  )
  const find = db
    .prepare<[appId: string], number>('SELECT bytes FROM disk_allowances WHERE app_id = ?')
    .pluck()
  const all = db.prepare<[], AllowanceRow>('SELECT * FROM disk_allowances ORDER BY app_id')
  const remove = db.prepare<[appId: string]>('DELETE FROM disk_allowances WHERE app_id = ?')

  return {
    saveForPlatform(appId: string, teamId: string, bytes: number, at: string): void {
      upsert.run({ app_id: appId, team_id: teamId, bytes, changed_at: at })
    },
    /** From then on the app has what every app has. */
    removeForPlatform(appId: string): void {
      remove.run(appId)
    },
    findForPlatform: (appId: string): number | undefined => find.get(appId),
    /** Those in the trash too: their volumes lie on the disk as before. */
    listForPlatform: (): { appId: string; bytes: number }[] =>
      all.all().map(({ app_id, bytes }) => ({ appId: app_id, bytes })),
  }
}
export type DiskAllowanceStore = ReturnType<typeof createDiskAllowanceStore>
