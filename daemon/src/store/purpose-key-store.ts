import type { Database } from '#store/database.ts'

/** Keys that are not derived from the master key but sealed under it, one for each purpose. */
export function createPurposeKeyStore(db: Database) {
  const select = db
    .prepare<[purpose: string], Buffer>('SELECT key_sealed FROM purpose_keys WHERE purpose = ?')
    .pluck()
  const save = db.prepare<[purpose: string, sealed: Buffer, at: string]>(
    `INSERT INTO purpose_keys (purpose, key_sealed, created_at) VALUES (?, ?, ?)
     ON CONFLICT (purpose) DO UPDATE SET key_sealed = excluded.key_sealed,
       created_at = excluded.created_at`,
  )
  const endSessions = db.prepare('DELETE FROM sessions')

  return {
    findForPlatform: (purpose: string): Buffer | undefined => select.get(purpose),
    saveForPlatform: (purpose: string, sealed: Buffer, at: string): void => {
      save.run(purpose, sealed, at)
    },
    /** Everybody has to sign in again. */
    endSessionsForPlatform: (): number => endSessions.run().changes,
  }
}
export type PurposeKeyStore = ReturnType<typeof createPurposeKeyStore>
