import { chmod, chown, cp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Installation } from '#agent/cli/installation.ts'

const KEPT = 3

/** A copy of the control database, made while no daemon runs. */
export interface StateBackup {
  path: string
  /** Puts the database back as it was; no daemon may run. */
  putBack(): Promise<void>
}

/**
 * Copies the control database with its journal beside the data. The daemon must not run. Undefined
 * where there is no database yet.
 */
export async function backUpState(
  { dataDir, paths }: Installation,
  name: string,
): Promise<StateBackup | undefined> {
  const files = await databaseFiles(paths.controlDatabase)
  if (files.length === 0) return undefined
  const home = join(dataDir, 'upgrades')
  const path = join(home, name)
  await rm(path, { recursive: true, force: true })
  await mkdir(path, { recursive: true, mode: 0o700 })
  for (const file of files) await copyWithOwner(file, join(path, basename(file)))
  await prune(home)
  return {
    path,
    async putBack() {
      for (const file of await databaseFiles(paths.controlDatabase)) await rm(file)
      for (const file of files) await copyWithOwner(join(path, basename(file)), file)
    },
  }
}

/** The database, and what SQLite keeps beside it. */
async function databaseFiles(database: string): Promise<string[]> {
  const entries = await readdir(dirname(database)).catch(() => [])
  return entries
    .filter((entry) => entry === basename(database) || entry === `${basename(database)}-wal`)
    .map((entry) => join(dirname(database), entry))
}

async function copyWithOwner(from: string, to: string): Promise<void> {
  const { uid, gid, mode } = await stat(from)
  await cp(from, to)
  await chown(to, uid, gid)
  await chmod(to, mode & 0o777)
}

async function prune(home: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(home)).map(async (name) => ({
      name,
      at: (await stat(join(home, name))).mtimeMs,
    })),
  )
  for (const { name } of entries.toSorted((one, other) => other.at - one.at).slice(KEPT))
    await rm(join(home, name), { recursive: true, force: true })
}
