import { CodedError } from '@vastrox/shared/errors.ts'
import type { Repositories } from '#core/backups/repositories.ts'
import { tagOf } from '#core/backups/verify-backup.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'findForPlatform' | 'removeForPlatform'>
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'listSnapshots' | 'forget'>
  clock: Clock
  onChange: (record: BackupRecord) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

const AGAIN_AFTER_MS = [10_000, 60_000, 600_000]

/**
 * Ends a removal that was written down: the snapshots that carry this backup's id, each by its own id,
 * then the row (rules B6, K3). Where the destination cannot be reached the row stays `removing`, and
 * the next daemon, or the next removal, goes on. Never rejects.
 */
export function createRemoveBackup(deps: Deps) {
  const { backups, node } = deps

  async function removeOnce(record: BackupRecord, signal: AbortSignal): Promise<void> {
    const repository = await deps.repositories.of(record.destinationId, signal)
    const found = await node.listSnapshots(repository, tagOf(record.id))
    const ids = new Set(found.map(({ snapshotId }) => snapshotId))
    deps.crashPoint('backup.removing')
    if (ids.size > 0) await node.forget(repository, [...ids], signal)
    deps.crashPoint('backup.removed')
    backups.removeForPlatform(record.id)
    deps.onChange(record)
  }

  return async (id: string, signal: AbortSignal): Promise<void> => {
    for (const pauseMs of [0, ...AGAIN_AFTER_MS]) {
      const record = backups.findForPlatform(id)
      if (record?.state !== 'removing' || signal.aborted) return
      try {
        if (pauseMs > 0) await deps.clock.sleep(pauseMs, signal)
        await removeOnce(record, signal)
        return
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof CodedError))
          deps.onProblem(`backup ${id} could not be removed`, error)
      }
    }
  }
}
export type RemoveBackup = ReturnType<typeof createRemoveBackup>
