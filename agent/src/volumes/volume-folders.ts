import { chown, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MountedVolume } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { userOfImage } from '#agent/volumes/image-user.ts'
import type { VolumeLocks } from '#agent/volumes/volume-locks.ts'

export interface VolumeDeps {
  engine: Engine
  instance: string
  /** `<data>/volumes`: `<id>/` holds the data, `<id>.json` says whose it is. */
  volumesDir: string
  volumeLocks: VolumeLocks
}

/** As the engine takes it in a HostConfig. */
export interface VolumeMount {
  Type: 'volume'
  Source: string
  Target: string
  ReadOnly?: true
}

const Owner = z.object({ appId: z.string(), isOfAddon: z.boolean().default(false) })

export const volumeName = (instance: string, volumeId: string): string =>
  `vastrox-${instance}-volume-${volumeId}`

/** Ends the name of what is being removed. */
export const REMOVING = '.removing'

interface Mounting {
  /** Whose they are: an app's id, or an add-on's. */
  appId: string
  isOfAddon?: boolean
  imageId: string
  volumes?: readonly MountedVolume[] | undefined
}

/** Whether what is in them may only be read. */
interface Right {
  isReadOnly: boolean
}

/**
 * Does some work with the mounts of an app's volumes, made where they are new; until it is done none of
 * them is removed. The data lies in our directory, not the engine's: `docker volume prune` takes a name
 * away and no data. The engine's volume of that name is bound to it, so that at the first use what the
 * image has at the path is copied in, with its owners. Throws VOLUME_NOT_FOUND for another app's (rule
 * C7), VOLUME_DATA_MISSING where data has been.
 */
export async function withVolumes<Result>(
  deps: VolumeDeps,
  { appId, isOfAddon = false, imageId, volumes = [] }: Mounting,
  work: (mounts: VolumeMount[]) => Promise<Result>,
  { isReadOnly }: Right = { isReadOnly: false },
): Promise<Result> {
  const ids = volumes.map(({ volumeId }) => volumeId)
  return deps.volumeLocks.use(ids, async () => {
    const mounts: VolumeMount[] = []
    for (const volume of volumes) {
      await ensureFolder(deps, { appId, isOfAddon, imageId, ...volume })
      await ensureEngineVolume(deps, appId, volume.volumeId)
      mounts.push({
        Type: 'volume',
        Source: volumeName(deps.instance, volume.volumeId),
        Target: volume.mountPath,
        ...(isReadOnly ? { ReadOnly: true } : {}),
      })
    }
    return work(mounts)
  })
}

/** The app, or add-on, that a volume belongs to; undefined where there is no such volume. */
export const ownerOfVolume = async (
  deps: Pick<VolumeDeps, 'volumesDir'>,
  volumeId: string,
): Promise<string | undefined> => (await recordedOwner(deps, volumeId))?.appId

/** The same, with what it is. */
export async function recordedOwner(
  { volumesDir }: Pick<VolumeDeps, 'volumesDir'>,
  volumeId: string,
): Promise<z.infer<typeof Owner> | undefined> {
  const text = await readFile(recordOf(volumesDir, volumeId), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return text === undefined ? undefined : Owner.parse(JSON.parse(text))
}

export const folderOf = (volumesDir: string, volumeId: string): string => join(volumesDir, volumeId)
export const recordOf = (volumesDir: string, volumeId: string): string =>
  join(volumesDir, `${volumeId}.json`)

/**
 * The folder first, the record of its owner last: a crash in between leaves an empty folder to begin with.
 * That nothing is there means a new volume only where the daemon says so: a disk that is not mounted
 * looks the same (promise 5).
 */
async function ensureFolder(
  deps: VolumeDeps,
  {
    appId,
    isOfAddon,
    imageId,
    volumeId,
    mountPath,
    isNew,
  }: Pick<Mounting, 'appId' | 'isOfAddon' | 'imageId'> & MountedVolume,
): Promise<void> {
  const { volumesDir } = deps
  const folder = folderOf(volumesDir, volumeId)
  const owner = await ownerOfVolume(deps, volumeId)
  if (owner !== undefined) {
    if (owner !== appId) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
    await stat(folder).catch((cause: unknown) => {
      throw new CodedError(
        'VOLUME_DATA_MISSING',
        { volumeId, reason: `The directory of the volume at ${mountPath} (${volumeId}) is gone.` },
        { cause },
      )
    })
    return
  }
  if ((await ownerOfVolume(deps, volumeId + REMOVING)) !== undefined)
    throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
  if (!isNew)
    throw new CodedError('VOLUME_DATA_MISSING', {
      volumeId,
      reason: `The volume at ${mountPath} (${volumeId}) has been in use, and this server has nothing of it.`,
    })
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const { uid, gid } = await userOfImage(deps.engine, imageId)
  await chown(folder, uid, gid)
  await writeAtomically(
    recordOf(volumesDir, volumeId),
    JSON.stringify(isOfAddon ? { appId, isOfAddon } : { appId }),
  )
}

/** A name that is there already is answered as it is. */
async function ensureEngineVolume(
  { engine, instance, volumesDir }: VolumeDeps,
  appId: string,
  volumeId: string,
): Promise<void> {
  await engine.act('POST', '/volumes/create', {
    json: {
      Name: volumeName(instance, volumeId),
      Driver: 'local',
      DriverOpts: { type: 'none', o: 'bind', device: folderOf(volumesDir, volumeId) },
      Labels: { [LABEL.instance]: instance, [LABEL.kind]: 'volume', [LABEL.app]: appId },
    },
  })
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
