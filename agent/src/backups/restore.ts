import type { RestoreSnapshot, RestoreSnapshotEvent } from '@vastrox/shared/agent-api-backups.ts'
import type { z } from 'zod'
import { findSnapshot } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { withRepository } from '#agent/backups/open-access.ts'
import { restoreToAddon } from '#agent/backups/restore-addon.ts'
import { restoreToCaller } from '#agent/backups/restore-caller.ts'
import { restoreToScratch } from '#agent/backups/restore-scratch.ts'
import { restoreToVolume } from '#agent/backups/restore-volume.ts'
import type { Restoring, Restored } from '#agent/backups/restored.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** Puts a snapshot back, whole or not at all. It takes no lock: restoring works on a full destination too. */
export async function restore(
  deps: BackupDeps,
  spec: z.output<typeof RestoreSnapshot>,
  { emit, signal: gone }: StreamCall<RestoreSnapshotEvent>,
): Promise<void> {
  const startedAt = performance.now()
  await withTimeLimit(spec.timeoutMs, gone, 'BACKUP_TIMED_OUT', (signal) =>
    withRepository(deps, spec.repository, (access) =>
      deps.repositoryTurns.take(access.key, 'shared', signal, async () => {
        const snapshot = await findSnapshot(access, spec.snapshotId, signal)
        const restored = await putBack(deps, spec.target, { access, snapshot, signal, emit })
        const durationMs = Math.round(performance.now() - startedAt)
        await emit({ type: 'done', ...restored, durationMs })
      }),
    ),
  )
}

function putBack(
  deps: BackupDeps,
  target: z.output<typeof RestoreSnapshot>['target'],
  restoring: Restoring,
): Promise<Restored> {
  switch (target.type) {
    case 'addon':
      return restoreToAddon(deps, target, restoring)
    case 'volume':
      return restoreToVolume(deps, target, restoring)
    case 'scratch':
      return restoreToScratch(deps, target, restoring)
    case 'caller':
    case 'nobody':
    default:
      return restoreToCaller(target, restoring)
  }
}
