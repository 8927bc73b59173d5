import type { Database } from '#store/database.ts'

/** The memory that an app's builds needed. */
export function createBuildNeedStore(db: Database) {
  const select = db
    .prepare<[appId: string], number>('SELECT memory_bytes FROM build_needs WHERE app_id = ?')
    .pluck()
  const write = db.prepare<[appId: string, bytes: number, at: string]>(
    `INSERT INTO build_needs (app_id, memory_bytes, measured_at) VALUES (?, ?, ?)
     ON CONFLICT (app_id) DO UPDATE SET
       memory_bytes = excluded.memory_bytes, measured_at = excluded.measured_at`,
  )

  return {
    findForPlatform: (appId: string): number | undefined => select.get(appId),
    saveForPlatform(appId: string, bytes: number, at: string): void {
      write.run(appId, bytes, at)
    },
  }
}
export type BuildNeedStore = ReturnType<typeof createBuildNeedStore>
