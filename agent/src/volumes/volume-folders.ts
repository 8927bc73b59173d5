import { chown, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MountedVolume } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { userOfImage } from '#agent/volumes/image-user.ts'

export interface VolumeDeps {
  engine: Engine
  instance: string
  /** `<data>/volumes`: `<id>/` holds the data, `<id>.json` says whose it is. */
  volumesDir: string
}

/** As the engine takes it in a HostConfig. */
export interface VolumeMount {
  Type: 'volume'
  Source: string
  Target: string
}

const Owner = z.object({ appId: z.string() })

export const volumeName = (instance: string, volumeId: string): string =>
  `vastrox-${instance}-volume-${volumeId}`

/**
 * The mounts of an app's volumes, made where they are missing. The data lies in our directory, not
 * the engine's: `docker volume prune` takes a name away and no data. The engine's volume of that name
 * is bound to it, so that at the first use what the image has at the path is copied in, with its
 * owners. Throws VOLUME_NOT_FOUND for another app's (rule C7), VOLUME_DATA_MISSING where data has been.
 */
export async function mountVolumes(
  deps: VolumeDeps,
  {
    appId,
    imageId,
    volumes = [],
  }: {
    appId: string
    imageId: string
    volumes?: readonly MountedVolume[] | undefined
  },
): Promise<VolumeMount[]> {
  const mounts: VolumeMount[] = []
  for (const { volumeId, mountPath } of volumes) {
    await ensureFolder(deps, { appId, imageId, volumeId })
    await ensureEngineVolume(deps, appId, volumeId)
    mounts.push({
      Type: 'volume',
      Source: volumeName(deps.instance, volumeId),
      Target: mountPath,
    })
  }
  return mounts
}

/** The app that a volume belongs to; undefined where there is no such volume. */
export async function ownerOfVolume(
  { volumesDir }: Pick<VolumeDeps, 'volumesDir'>,
  volumeId: string,
): Promise<string | undefined> {
  const text = await readFile(recordOf(volumesDir, volumeId), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return text === undefined ? undefined : Owner.parse(JSON.parse(text)).appId
}

export const folderOf = (volumesDir: string, volumeId: string): string => join(volumesDir, volumeId)
const recordOf = (volumesDir: string, volumeId: string): string =>
  join(volumesDir, `${volumeId}.json`)

/** The folder first, the record of its owner last: a crash in between leaves an empty folder to begin with. */
async function ensureFolder(
  deps: VolumeDeps,
  { appId, imageId, volumeId }: { appId: string; imageId: string; volumeId: string },
): Promise<void> {
  const { volumesDir } = deps
  const folder = folderOf(volumesDir, volumeId)
  const owner = await ownerOfVolume(deps, volumeId)
  if (owner !== undefined) {
    if (owner !== appId) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
    await stat(folder).catch((cause: unknown) => {
      throw new CodedError(
        'VOLUME_DATA_MISSING',
        { volumeId, reason: `The directory of the volume ${volumeId} is gone.` },
        { cause },
      )
    })
    return
  }
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const { uid, gid } = await userOfImage(deps.engine, imageId)
  await chown(folder, uid, gid)
  await writeAtomically(recordOf(volumesDir, volumeId), JSON.stringify({ appId }))
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

/** The data too. Throws VOLUME_IN_USE while a container has it; one that is not there is removed. */
export async function removeVolume(
  deps: VolumeDeps,
  { appId, volumeId }: { appId: string; volumeId: string },
): Promise<Record<string, never>> {
  const { engine, instance, volumesDir } = deps
  const owner = await ownerOfVolume(deps, volumeId)
  if (owner === undefined) return {}
  if (owner !== appId) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
  const users = await engine.get('/containers/json', z.array(z.unknown()), {
    query: {
      all: true,
      filters: JSON.stringify({ volume: [volumeName(instance, volumeId)] }),
    },
  })
  if (users.length > 0) throw new CodedError('VOLUME_IN_USE', { volumeId })
  await engine
    .act('DELETE', `/volumes/${volumeName(instance, volumeId)}`)
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  await rm(folderOf(volumesDir, volumeId), { recursive: true, force: true })
  await rm(recordOf(volumesDir, volumeId), { force: true })
  return {}
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
