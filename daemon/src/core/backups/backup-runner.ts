import { CodedError } from '@vastrox/shared/errors.ts'
import type { NodeTurns } from '#core/backups/node-turns.ts'
import { type RunBackup, STOPPING } from '#core/backups/run-backup.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'listUnderWayForPlatform' | 'findForPlatform'>
  turns: NodeTurns
  run: RunBackup
  /** Ends a removal that was written down. Never rejects. */
  remove: (id: string, signal: AbortSignal) => Promise<void>
  /** Looks what of a subject is to be kept, after a good backup of it. */
  onDone: (record: BackupRecord) => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

/** The queue of backups: one at a time on each node, what is under way taken up again after a restart. */
export function createBackupRunner(deps: Deps) {
  const { backups, turns } = deps
  const running = new Map<string, { ended: Promise<void>; stop: AbortController }>()
  let isStopped = false

  function begin(record: BackupRecord): void {
    if (isStopped || running.has(record.id)) return
    const stop = new AbortController()
    const ended = work(record, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) deps.onProblem(`backup ${record.id} broke off`, error)
      })
      .finally(() => running.delete(record.id))
    running.set(record.id, { ended, stop })
  }

  async function work({ id, node, state }: BackupRecord, signal: AbortSignal): Promise<void> {
    const endTurn = await turns.take(node, 'backup', signal).catch((error: unknown) => {
      // Cancelled while it waited: the row is ended without a turn.
      if (signal.reason === STOPPING) throw error
      return () => {}
    })
    try {
      if (state === 'removing') await deps.remove(id, signal)
      else await deps.run(id, signal)
      const after = backups.findForPlatform(id)
      if (after?.state === 'done' && state !== 'removing') await deps.onDone(after)
    } finally {
      endTurn()
    }
  }

  return {
    begin,

    /** Takes up what the daemon before left, in the order in which it was asked for. */
    start(): void {
      isStopped = false
      for (const record of backups.listUnderWayForPlatform()) begin(record)
    },

    /** What is under way stays so in its row. */
    async stop(): Promise<void> {
      isStopped = true
      const all = [...running.values()]
      for (const { stop } of all) stop.abort(STOPPING)
      await Promise.all(all.map(({ ended }) => ended))
    },

    /** Resolves once it has ended; at once where it is not under way. */
    async until(id: string): Promise<void> {
      await running.get(id)?.ended
    },

    /** Gives false where it is not under way. */
    cancel(id: string, by: string): boolean {
      const found = running.get(id)
      found?.stop.abort(
        new CodedError('BACKUP_CANCELLED', { reason: `It was cancelled by ${by}.` }),
      )
      return found !== undefined
    },
  }
}
export type BackupRunner = ReturnType<typeof createBackupRunner>
