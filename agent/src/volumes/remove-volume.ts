import { readdir, rename, rm } from 'node:fs/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { log } from '#agent/node/log.ts'
import {
  folderOf,
  isMissing,
  ownerOfVolume,
  REMOVING,
  recordOf,
  type VolumeDeps,
  volumeName,
} from '#agent/volumes/volume-folders.ts'

const SET_ASIDE = new RegExp(`^([a-z0-9]+)\\${REMOVING}\\.json$`)

/**
 * The data too. Throws VOLUME_IN_USE while a container has it or is being started with it; one that is
 * not there is removed. Record and data first get other names (rule K3): from then on the volume is
 * nobody's, and an agent that dies in the middle goes on with deleting when it starts.
 */
export async function removeVolume(
  deps: VolumeDeps,
  { appId, volumeId }: { appId: string; volumeId: string },
): Promise<Record<string, never>> {
  return deps.volumeLocks.remove(volumeId, async () => {
    const owner = await ownerOfVolume(deps, volumeId)
    if (owner !== undefined) {
      if (owner !== appId) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
      await mustBeUnused(deps, volumeId)
      await setAside(deps.volumesDir, volumeId)
    }
    await finish(deps, volumeId)
    return {}
  })
}

/** What an agent that died in the middle of it left: the act was somebody's, and confirmed. Never rejects. */
export async function finishRemovals(deps: VolumeDeps): Promise<void> {
  const names = await readdir(deps.volumesDir).catch(() => [])
  for (const name of names) {
    const volumeId = SET_ASIDE.exec(name)?.[1]
    if (volumeId === undefined) continue
    try {
      await deps.volumeLocks.remove(volumeId, () => finish(deps, volumeId))
      log('volume.removed', { volumeId })
    } catch (error) {
      // Asked for again by the daemon, whose row stands.
      log('volume.removal-failed', { volumeId, reason: String(error) })
    }
  }
}

async function mustBeUnused({ engine, instance }: VolumeDeps, volumeId: string): Promise<void> {
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
}

/** The record says whose it is, so it goes first: without it nothing is mounted. */
async function setAside(volumesDir: string, volumeId: string): Promise<void> {
  await rename(recordOf(volumesDir, volumeId), recordOf(volumesDir, volumeId + REMOVING))
  await syncDirectory(volumesDir)
  crashPoint('agent.volume-set-aside')
}

async function finish({ volumesDir }: VolumeDeps, volumeId: string): Promise<void> {
  const aside = folderOf(volumesDir, volumeId + REMOVING)
  const record = recordOf(volumesDir, volumeId + REMOVING)
  if ((await ownerOfVolume({ volumesDir }, volumeId + REMOVING)) === undefined) return
  await rename(folderOf(volumesDir, volumeId), aside).catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
  await rm(aside, { recursive: true, force: true })
  await rm(record, { force: true })
}
