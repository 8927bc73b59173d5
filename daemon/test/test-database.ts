import { existsSync, writeFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { type Database, makeReady, openDatabase, type OpenOptions } from '#store/database.ts'

let template: Buffer | undefined

/** A database with every migration in it, made once a process: to make one takes fifty milliseconds of the processor, to copy it four. */
function migrated(): Buffer {
  if (template === undefined) {
    const db = openDatabase(':memory:', { create: true })
    template = db.serialize()
    db.close()
  }
  return template
}

/**
 * As `openDatabase` gives it, for tests. Nothing waits for the disk: the machine does not lose its power
 * in a test, and whoever tries that opens the real one.
 */
export function openTestDatabase(path: string, options: OpenOptions): Database {
  if (path === ':memory:') return makeReady(new BetterSqlite3(migrated()), path)
  if (options.create && !existsSync(path)) writeFileSync(path, migrated())
  const db = openDatabase(path, options)
  db.pragma('synchronous = OFF')
  return db
}
