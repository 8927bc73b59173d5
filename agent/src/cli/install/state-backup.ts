import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import { openUntrusted } from '#agent/cli/install/untrusted-file.ts'
import type { Installation } from '#agent/cli/installation.ts'

const KEPT = 3
const CHUNK_BYTES = 2 ** 20

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

/**
 * One of the two directories is the daemon's, and we are root: what it could have put there is not
 * followed, and everything is done to what is open, not to a name.
 */
async function copyWithOwner(from: string, to: string): Promise<void> {
  const source = await openUntrusted(from)
  try {
    const { uid, gid, mode } = await source.stat()
    const copy = await open(to, 'wx', 0o600)
    try {
      await copyContent(source, copy)
      await copy.chown(uid, gid)
      await copy.chmod(mode & 0o777)
      await copy.sync()
    } finally {
      await copy.close()
    }
  } finally {
    await source.close()
  }
  await syncDirectory(dirname(to))
}

async function copyContent(source: FileHandle, copy: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await source.read(buffer)
    if (bytesRead === 0) return
    await copy.writeFile(buffer.subarray(0, bytesRead))
  }
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
