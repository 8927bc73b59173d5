import type { Database } from '#store/database.ts'

/** What the platform remembers of itself, as text. */
export type MetaNote =
  | 'stack_image_round'
  | 'source_networks'
  | 'trusted_proxies'
  | 'source_authorities'
  | 'port_policy'
  | 'incarnation'
  | 'restored_from'
  /** The boot in which a daemon runs; empty once it has been stopped. */
  | 'daemon_running'
  /** The base domain that the last daemon had. */
  | 'base_domain'

export type MetaCounter = 'fencing_token' | 'routing_generation'

/** Numbers of the platform that only ever rise, and what it remembers of itself. */
export function createMetaStore(db: Database) {
  const select = db.prepare<[key: string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const raise = db
    .prepare<[key: string], string>(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
    )
    .pluck()

  const write = db.prepare<[key: string, value: string]>(
    `INSERT INTO meta (key, value) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )

  return {
    readNoteForPlatform: (note: MetaNote): string | undefined => select.get(note),
    writeNoteForPlatform(note: MetaNote, value: string): void {
      write.run(note, value)
    },
    readCounterForPlatform: (counter: MetaCounter): number => Number(select.get(counter) ?? 0),
    /** Adds one and gives the new value. */
    raiseCounterForPlatform: (counter: MetaCounter): number => Number(raise.get(counter)),
  }
}
export type MetaStore = ReturnType<typeof createMetaStore>
