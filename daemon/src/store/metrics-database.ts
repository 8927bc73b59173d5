import { existsSync, renameSync, rmSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { metricsMigrations } from '#store/metrics-migrations.ts'

export type MetricsDatabase = BetterSqlite3.Database

/**
 * Opens the metrics database, made where it is missing. It holds nothing that the platform is controlled
 * by, so it may lose the last moments before a power cut (rule S1), is not read through at every start, and
 * one of a newer version or without sense is set aside: `isUnusable` tells.
 */
export function openMetricsFile(path: string): MetricsDatabase {
  const db = new BetterSqlite3(path)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('busy_timeout = 5000')
    db.pragma('wal_autocheckpoint = 1000')
    db.pragma('journal_size_limit = 8388608')
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    db.pragma('mmap_size = 0')
    db.pragma('cache_size = -1000')
    migrate(db)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** True where beginning anew helps: a full disk or a busy file passes by itself. */
export const isUnusable = (error: unknown): boolean =>
  error instanceof MetricsNewer ||
  (error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code))

class MetricsNewer extends Error {
  override name = 'MetricsNewer'
}

/** One is kept for whoever wants to look at it, the last. */
export function setAside(path: string): string {
  const aside = `${path}.unusable`
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${aside}${suffix}`, { force: true })
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`)
  }
  return aside
}

function migrate(db: MetricsDatabase): void {
  const applied = Number(db.pragma('user_version', { simple: true }))
  if (applied > metricsMigrations.length)
    throw new MetricsNewer('the metrics are those of a newer version')
  for (const [at, sql] of metricsMigrations.entries())
    if (at >= applied)
      db.transaction(() => {
        db.exec(sql)
        db.pragma(`user_version = ${at + 1}`)
      }).immediate()
}
