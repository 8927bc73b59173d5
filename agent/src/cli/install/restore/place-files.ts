import { chmod, cp, lchown, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { pathsOf } from '@vastrox/shared/installation-paths.ts'
import { PlatformManifest, STAGED, STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

interface Ids {
  uid: number
  gid: number
}

/**
 * After restic has put the platform's backup into the data directory: what was staged takes its place,
 * and everything of the daemon belongs to the daemon of this machine, whose number may be another.
 */
export async function placeFiles(dataDir: string, daemon: Ids): Promise<PlatformManifest> {
  const paths = pathsOf(dataDir)
  const staging = join(paths.daemon, STAGING_NAME)
  const manifest = await readManifest(join(staging, STAGED.manifest))
  for (const name of await namesIn(join(staging, STAGED.refs)))
    await putRefsBack(join(staging, STAGED.refs, name), join(paths.repositories, name))
  await move(join(staging, STAGED.auditAnchors), paths.auditAnchors)
  await move(join(staging, STAGED.masterKey), paths.masterKey)
  // Last: a database makes the daemon's directory one that is in use.
  for (const journal of ['-wal', '-shm']) await rm(paths.controlDatabase + journal, { force: true })
  await move(join(staging, STAGED.database), paths.controlDatabase)
  for (const path of [paths.masterKey, paths.controlDatabase]) await chmod(path, 0o600)
  await own(paths.daemon, daemon)
  await syncDirectory(paths.daemon)
  return manifest
}

async function readManifest(path: string): Promise<PlatformManifest> {
  try {
    return PlatformManifest.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new SetupError(
      'This backup of the platform does not say what is in it, or was made by a newer Vastrox.',
      'Use the newest clone of Vastrox, or another point: --restore-point TIME.',
      { cause: error },
    )
  }
}

const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => [])

/** Objects that came later are nobody's; refs that came later may lead to objects that are not there. */
async function putRefsBack(from: string, repository: string): Promise<void> {
  // A link in its place would lead root somewhere else.
  if (!(await isDirectory(repository))) return
  for (const name of ['refs', 'packed-refs', 'HEAD']) {
    await rm(join(repository, name), { recursive: true, force: true })
    if (existsSync(join(from, name)))
      await cp(join(from, name), join(repository, name), { recursive: true })
  }
  await mkdir(join(repository, 'refs', 'heads'), { recursive: true })
  await mkdir(join(repository, 'refs', 'tags'), { recursive: true })
}

const isDirectory = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** A second run finds it where it belongs. */
async function move(from: string, to: string): Promise<void> {
  if (existsSync(from)) await rename(from, to)
}

/** No link is followed. */
async function own(path: string, ids: Ids): Promise<void> {
  await lchown(path, ids.uid, ids.gid)
  if (!(await lstat(path)).isDirectory()) return
  for (const name of await readdir(path)) await own(join(path, name), ids)
}

/** `volumes/<id>.json`, which says whose a volume is: the last of it to appear. */
export async function placeVolume(
  dataDir: string,
  { id, ownerId }: { id: string; ownerId: string },
  restore: (target: string) => Promise<void>,
): Promise<void> {
  const { volumes } = pathsOf(dataDir)
  await mkdir(volumes, { recursive: true, mode: 0o700 })
  const beside = join(volumes, `.restoring-${id}`)
  const folder = join(volumes, id)
  await rm(beside, { recursive: true, force: true })
  await mkdir(beside, { mode: 0o755 })
  await restore(beside)
  // With the folder itself its owner and rights come back.
  const inner = join(beside, id)
  await rm(folder, { recursive: true, force: true })
  await rename(existsSync(inner) ? inner : beside, folder)
  await rm(beside, { recursive: true, force: true })
  await syncDirectory(volumes)
  await writeAtomically(join(volumes, `${id}.json`), JSON.stringify({ appId: ownerId }))
}

/** The dump of an add-on, for the daemon to put into a server. A second run begins it anew. */
export async function placeDump(
  dataDir: string,
  id: string,
  daemon: Ids,
  restore: (target: string) => Promise<void>,
): Promise<void> {
  const { restoringAddons } = pathsOf(dataDir)
  const beside = join(restoringAddons, `.fetching-${id}`)
  const folder = join(restoringAddons, id)
  await rm(beside, { recursive: true, force: true })
  await mkdir(beside, { recursive: true, mode: 0o700 })
  await restore(beside)
  await rm(folder, { recursive: true, force: true })
  await rename(beside, folder)
  await own(restoringAddons, daemon)
  await syncDirectory(restoringAddons)
}
