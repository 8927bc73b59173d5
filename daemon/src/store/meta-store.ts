import type { Database } from '#store/database.ts'

export type MetaCounter = 'fencing_token' | 'routing_generation'

/** Numbers of the platform that only ever rise. */
export function createMetaStore(db: Database) {
  const select = db.prepare<[key: string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const raise = db
    .prepare<[key: string], string>(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
    )
    .pluck()

  return {
    readCounterForPlatform: (counter: MetaCounter): number => Number(select.get(counter) ?? 0),
    /** Adds one and gives the new value. */
    raiseCounterForPlatform: (counter: MetaCounter): number => Number(raise.get(counter)),
  }
}
export type MetaStore = ReturnType<typeof createMetaStore>
