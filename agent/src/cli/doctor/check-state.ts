import { existsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Check, Finding, Subject } from '#agent/cli/doctor/subject.ts'

/** What of the database the doctor reads: counters, and which apps there are. */
interface State {
  counter(name: string): number
  appIds(): Set<string>
  /** The newest for each set of hosts that is no longer the local CA's; times in milliseconds. */
  certificates(): { hosts: string; from: number; until: number }[]
}

const MAGIC = 'SQLite format 3\0'

/** The control database: there, whole, and writable for its owner. */
export const checkState: Check = async ({ installation, owners }) => {
  const { paths, dataDir } = installation
  const path = paths.controlDatabase
  const copies = await readdir(join(dataDir, 'upgrades')).catch(() => [])
  const restore =
    copies.length > 0
      ? `Restore a backup; copies from before upgrades are in ${dataDir}/upgrades (${copies.slice(0, 3).join(', ')}).`
      : 'Restore a backup.'
  const found = await stat(path).catch(() => undefined)
  if (!found) return [bad(`The database ${path} is missing.`, restore)]
  if (found.uid !== owners.daemon.uid || (found.mode & 0o600) !== 0o600)
    return [
      bad(
        `The daemon may not write to its database ${path}.`,
        `chown ${owners.daemon.uid}:${owners.daemon.gid} ${path}; chmod 0600 ${path}`,
      ),
    ]
  const trouble = (await headTrouble(path)) ?? (await deepTrouble(path))
  if (trouble !== undefined)
    return [bad(`The database ${basename(path)} is damaged: ${trouble}.`, restore)]
  return [{ check: 'database', level: 'ok', message: 'The database is whole.' }]
}

/** Undefined when it can be read by SQLite; nothing is written. */
async function headTrouble(path: string): Promise<string | undefined> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(MAGIC.length)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    return bytesRead === head.length && head.toString('latin1') === MAGIC
      ? undefined
      : 'it is no database any more'
  } finally {
    await file.close()
  }
}

async function deepTrouble(path: string): Promise<string | undefined> {
  try {
    return await withDatabase(path, (query) => {
      const [first] = query('PRAGMA quick_check(1)')
      const said = Object.values(first ?? {})[0]
      return said === 'ok' ? undefined : String(said)
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** undefined where there is none that can be read. */
export async function readState({ installation }: Subject): Promise<State | undefined> {
  const path = installation.paths.controlDatabase
  if (!existsSync(path)) return undefined
  try {
    return await withDatabase(path, (query) => {
      const meta = new Map(
        query('SELECT key, value FROM meta').map(({ key, value }) => [key, value]),
      )
      const ids = new Set(query('SELECT id FROM apps').map(({ id }) => String(id)))
      const certificates = newestCertificates(query)
      return {
        certificates: () => certificates,
        counter: (name) => Number(meta.get(name) ?? 0),
        appIds: () => ids,
      }
    })
  } catch {
    // That it cannot be read is said by checkState.
    return undefined
  }
}

function newestCertificates(query: Query): ReturnType<State['certificates']> {
  const rows = query(
    `SELECT hosts_json, not_before, created_at, not_after FROM certificates
     WHERE issuer != 'local' ORDER BY created_at`,
  )
  const newest = new Map(
    rows.map((row) => [
      String(row['hosts_json']),
      {
        hosts: String(row['hosts_json'])
          .replaceAll(/[[\]"]/g, '')
          .replaceAll(',', ', '),
        from: Date.parse(String(row['not_before'] ?? row['created_at'])),
        until: Date.parse(String(row['not_after'])),
      },
    ]),
  )
  return [...newest.values()]
}

type Query = (sql: string) => Record<string, unknown>[]

/** Read-only. Files that SQLite makes beside it get the owner of the database, since we are root. */
async function withDatabase<Result>(path: string, work: (query: Query) => Result): Promise<Result> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 })
  try {
    return work((sql) => database.prepare(sql).all())
  } finally {
    database.close()
  }
}

const bad = (message: string, hint: string): Finding => ({
  check: 'database',
  level: 'bad',
  message,
  hint,
})
