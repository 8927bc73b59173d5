import { stat } from 'node:fs/promises'
import type { BackupContent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { type Made, type Making, snapshotOfPaths } from '#agent/backups/make-snapshot.ts'
import { whilePaused } from '#agent/backups/pause.ts'
import { folderOf, ownerOfVolume } from '#agent/volumes/volume-folders.ts'

type Volume = Extract<BackupContent, { type: 'volume' }>

/** The files of a volume; meanwhile nobody removes it. */
export async function backUpVolume(
  deps: BackupDeps,
  { ownerId, volumeId, mode }: Volume,
  making: Making,
): Promise<Made> {
  return deps.volumeLocks.use([volumeId], async () => {
    if ((await ownerOfVolume(deps, volumeId)) !== ownerId)
      throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
    await stat(folderOf(deps.volumesDir, volumeId)).catch((cause: unknown) => {
      throw new CodedError('VOLUME_DATA_MISSING', { volumeId }, { cause })
    })
    const place = { cwd: deps.volumesDir, paths: [volumeId] }
    return whilePaused(deps, { volumeId, isPaused: mode === 'paused' }, making.signal, (signal) =>
      snapshotOfPaths({ ...making, signal }, place),
    )
  })
}
