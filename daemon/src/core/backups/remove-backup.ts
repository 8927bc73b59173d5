import { CodedError } from '@vastrox/shared/errors.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import { tagOf } from '#core/backups/verify-backup.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'findForPlatform' | 'removeForPlatform'>
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'listSnapshots' | 'forget'>
  onChange: (record: BackupRecord) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/**
 * Ends a removal that was written down: the snapshots that carry this backup's id, each by its own id,
 * then the row (rules B6, K3). Gives whether that is over: where the destination cannot be reached the
 * row stays `removing`, and whoever calls it tries again. Never rejects.
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

  return async (id: string, signal: AbortSignal): Promise<boolean> => {
    const record = backups.findForPlatform(id)
    if (record?.state !== 'removing' || signal.aborted) return true
    try {
      await removeOnce(record, signal)
      return true
    } catch (error) {
      if (!signal.aborted && !(error instanceof CodedError))
        deps.onProblem(`backup ${id} could not be removed`, error)
      return false
    }
  }
}
export type RemoveBackup = ReturnType<typeof createRemoveBackup>
