import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { CodedError } from '@vastrox/shared/errors.ts'
import BetterSqlite3 from 'better-sqlite3'
import { prepareLazily } from '#store/lazy-statements.ts'
import { migrations } from '#store/migrations/index.ts'

export type Database = BetterSqlite3.Database

/** Rule S3: below it a WAL can be corrupted. */
const SQLITE_FLOOR = [3, 51, 3] as const

export interface OpenOptions {
  /** True only for an installation that has just been made: an existing one is never begun anew. */
  create: boolean
}

/**
 * Opens the control database (rules S1 to S5). Throws DATABASE_MISSING, DATABASE_CORRUPT or
 * DATABASE_NEWER; never makes a new one unless told that this is a new installation.
 */
export function openDatabase(path: string, { create }: OpenOptions): Database {
  if (path !== ':memory:' && !create && !existsSync(path))
    throw new CodedError('DATABASE_MISSING', { path })

  return makeReady(openFile(path), path)
}

/** What every connection gets before anybody uses it; closed where that fails. */
export function makeReady(db: Database, path: string): Database {
  try {
    checked(() => checkVersion(db))
    checked(() => setPragmas(db))
    checkIntegrity(db)
    migrate(db, path)
    prepareLazily(db)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** Runs `work` in one transaction; nested calls join the outer one. */
export const transactionOf =
  (db: Database) =>
  <T>(work: () => T): T =>
    db.transaction(work).immediate()
export type Transact = ReturnType<typeof transactionOf>

/** Text of a row → value, and back: rows hold JSON as text. */
export const fromJson = <T>(schema: { parse(value: unknown): T }, text: string): T =>
  schema.parse(JSON.parse(text))

const openFile = (path: string): Database => checked(() => new BetterSqlite3(path))

function checkVersion(db: Database): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get())
  const parts = version.split('.').map(Number)
  for (const [at, floor] of SQLITE_FLOOR.entries()) {
    const part = parts[at] ?? 0
    if (part > floor) return
    if (part < floor)
      throw new CodedError('INTERNAL', {
        reason: `SQLite ${version} is below the floor of rule S3`,
      })
  }
}

function setPragmas(db: Database): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('busy_timeout = 5000')
  db.pragma('wal_autocheckpoint = 1000')
  db.pragma('journal_size_limit = 67108864')
  db.pragma('trusted_schema = OFF')
  db.pragma('cell_size_check = ON')
  db.pragma('mmap_size = 0')
  db.pragma('cache_size = -4000')
}

function checkIntegrity(db: Database): void {
  const result = checked(() => db.pragma('quick_check(1)', { simple: true }))
  if (result !== 'ok') throw new CodedError('DATABASE_CORRUPT', { check: result })
  // It has read every page, and most are not needed again soon.
  db.pragma('shrink_memory')
}

/** Only what SQLite itself calls damage is damage: a full disk or a busy file passes by itself. */
function checked<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof BetterSqlite3.SqliteError) {
      if (/^SQLITE_(CORRUPT|NOTADB)/.test(cause.code))
        throw new CodedError('DATABASE_CORRUPT', {}, { cause })
      if (/^SQLITE_(FULL|IOERR_SHMSIZE|IOERR_WRITE)/.test(cause.code))
        throw new CodedError('DISK_FULL', {}, { cause })
    }
    throw cause
  }
}

function migrate(db: Database, path: string): void {
  const applied = appliedMigrations(db)
  if (applied.length > migrations.length) throw new CodedError('DATABASE_NEWER')
  for (const [at, row] of applied.entries()) {
    const known = migrations[at]
    if (known?.name !== row.name) throw new CodedError('DATABASE_NEWER', { migration: row.name })
    if (row.checksum !== checksum(known.sql))
      throw new CodedError('DATABASE_CORRUPT', { migration: row.name })
  }
  const missing = migrations.slice(applied.length)
  if (missing.length === 0) return
  if (applied.length > 0 && path !== ':memory:') copyAside(db, `${path}.before-${missing[0]?.name}`)

  for (const { name, sql } of missing)
    db.transaction(() => {
      db.exec(
        'CREATE TABLE IF NOT EXISTS migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT',
      )
      db.exec(sql)
      db.prepare('INSERT INTO migrations (name, checksum) VALUES (?, ?)').run(name, checksum(sql))
    }).immediate()
}

function appliedMigrations(db: Database): { name: string; checksum: string }[] {
  const exists = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").get()
  if (!exists) return []
  return db
    .prepare<[], { name: string; checksum: string }>(
      'SELECT name, checksum FROM migrations ORDER BY position',
    )
    .all()
}

function copyAside(db: Database, path: string): void {
  rmSync(path, { force: true })
  db.prepare('VACUUM INTO ?').run(path)
}

const checksum = (sql: string): string => createHash('sha256').update(sql).digest('hex')
