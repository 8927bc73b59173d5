import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RestoreTarget } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import { z } from 'zod'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import type { Restored, Restoring } from '#agent/backups/restored.ts'
import { restoreFiles } from '#agent/backups/restore-files.ts'
import { RESTORING } from '#agent/backups/restoring.ts'
import type { FoundSnapshot } from '#agent/backups/restic-output.ts'
import { countFiles } from '#agent/backups/walk-files.ts'
import { withinDisks } from '#agent/builds/disk-watch.ts'
import { folderOf, ownerOfVolume, recordOf, volumeName } from '#agent/volumes/volume-folders.ts'

type ToVolume = Extract<RestoreTarget, { type: 'volume' }>

/**
 * Into a folder beside the volumes first, and from there in one step to its place: a restore that ends in
 * the middle has changed nothing. Throws VOLUME_NOT_FOUND for another owner's, VOLUME_NOT_EMPTY,
 * VOLUME_IN_USE, and DISK_LOW where it takes what what runs needs of the disk.
 */
export async function restoreToVolume(
  deps: BackupDeps,
  target: ToVolume,
  restoring: Restoring,
): Promise<Restored> {
  const top = topOf(restoring.snapshot)
  const paths = target.paths?.map((path) => inSnapshot(top, path)) ?? null
  const { signal } = restoring
  return withinDisks(ofVolumes(deps), 'the restore', signal, (until) =>
    intoVolume(deps, target, async (folder) => {
      await restoreFiles({ ...restoring, signal: until }, { into: folder, paths })
      return join(folder, top)
    }),
  )
}

/** Databases beside it must be able to write on. */
const ofVolumes = ({ diskFloor }: BackupDeps): BackupDeps['diskFloor'] => ({
  async reader() {
    const read = await diskFloor.reader()
    return async () => (await read()).filter(({ holds }) => holds === 'data')
  },
})

/** The name of the folder that a snapshot is of; '' for the platform's, which is of several. */
export function topOf({ paths }: FoundSnapshot): string {
  const top = paths.length === 1 ? basename(paths[0] ?? '') : ''
  if (top === '.' || top === '..')
    throw new CodedError('DESTINATION_DAMAGED', { reason: 'A backup there is of no folder.' })
  return top
}

/** `a//b/../c` of a user's is refused; '' is the whole. */
export function inSnapshot(top: string, path: string): string {
  const names = path.split('/').filter((name) => name !== '')
  if (names.some((name) => name === '.' || name === '..' || name.includes('\0')))
    throw new CodedError('REQUEST_INVALID', { reason: `${path} is not a path in a backup.` })
  return `/${[top, ...names].filter((name) => name !== '').join('/')}`
}

/** `fill` puts content into a directory of ours and says where in it the volume's root is. */
export async function intoVolume(
  deps: BackupDeps,
  target: ToVolume,
  fill: (folder: string) => Promise<string>,
): Promise<Restored> {
  const { volumeId } = target
  // One that was ended may still be clearing up after itself.
  const own = randomBytes(4).toString('hex')
  const folder = `${folderOf(deps.volumesDir, volumeId)}.${own}${RESTORING}`
  await mustFit(deps, target)
  await mkdir(folder, { mode: 0o700 })
  try {
    const root = await fill(folder)
    await mustBeThere(root)
    const counted = await countFiles(root)
    crashPoint('agent.restore-filled')
    if (target.into === null) await becomeVolume(deps, target, root)
    else await becomeFolder(deps, target, target.into, root)
    return { ...counted, sha256: null, output: '' }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Looked at before anything is fetched, and once more at the end. */
async function mustFit(
  deps: BackupDeps,
  { ownerId, volumeId, isNew, into }: ToVolume,
): Promise<void> {
  const owner = await ownerOfVolume(deps, volumeId)
  if (owner === undefined && isNew) return
  if (owner !== ownerId) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
  if (into !== null) return
  const names = await readdir(folderOf(deps.volumesDir, volumeId)).catch(() => [])
  if (names.length > 0) throw new CodedError('VOLUME_NOT_EMPTY', { volumeId })
  await mustBeUnused(deps, volumeId)
}

async function mustBeUnused({ engine, instance }: BackupDeps, volumeId: string): Promise<void> {
  const users = await engine.get('/containers/json', z.array(z.unknown()), {
    query: { filters: JSON.stringify({ volume: [volumeName(instance, volumeId)] }) },
  })
  if (users.length > 0) throw new CodedError('VOLUME_IN_USE', { volumeId })
}

/** The record of its owner first: without its data it is missed, not begun anew. */
async function becomeVolume(deps: BackupDeps, target: ToVolume, root: string): Promise<void> {
  const { ownerId, volumeId } = target
  await deps.volumeLocks.remove(volumeId, async () => {
    await mustFit(deps, target)
    await writeAtomically(recordOf(deps.volumesDir, volumeId), JSON.stringify({ appId: ownerId }))
    crashPoint('agent.restore-recorded')
    await rename(root, folderOf(deps.volumesDir, volumeId))
    await syncDirectory(deps.volumesDir)
  })
}

/** A new folder in a volume, with the owner of the volume itself. */
async function becomeFolder(
  deps: BackupDeps,
  target: ToVolume,
  into: string,
  root: string,
): Promise<void> {
  const { volumeId } = target
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(into))
    throw new CodedError('REQUEST_INVALID', { reason: `${into} is not the name of a folder.` })
  await deps.volumeLocks.use([volumeId], async () => {
    await mustFit(deps, target)
    const volume = folderOf(deps.volumesDir, volumeId)
    const { uid, gid, mode } = await stat(volume)
    await chown(root, uid, gid)
    await chmod(root, mode & 0o7777)
    const place = join(volume, into)
    if ((await lstat(place).catch(() => undefined)) !== undefined)
      throw new CodedError('RESTORE_FOLDER_TAKEN', { folder: into })
    await rename(root, place)
    await syncDirectory(volume)
  })
}

async function mustBeThere(root: string): Promise<void> {
  const found = await lstat(root).catch(() => undefined)
  if (found?.isDirectory() === true) return
  throw new CodedError('RESTORE_FAILED', { reason: 'There is nothing of that in the backup.' })
}
