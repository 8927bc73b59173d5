import { CodedError } from '@vastrox/shared/errors.ts'
import BetterSqlite3 from 'better-sqlite3'

/**
 * Holds the data directory for one daemon (rule K5) by an exclusive SQLite lock, which the kernel
 * gives back when the process dies. Throws FENCED while another holds it.
 */
export function holdInstanceLock(path: string): { release(): void } {
  const db = new BetterSqlite3(path, { timeout: 0 })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new CodedError(
      'FENCED',
      { reason: 'Another daemon is using this data directory.' },
      { cause },
    )
  }
  return { release: () => db.close() }
}
