import { CodedError } from '@vastrox/shared/errors.ts'
import type { NodeTurns } from '#core/backups/node-turns.ts'
import { type RunBackup, STOPPING } from '#core/backups/run-backup.ts'
import type { Clock } from '#ports/clock.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'listUnderWayForPlatform' | 'findForPlatform'>
  turns: NodeTurns
  run: RunBackup
  /** Ends a removal that was written down; false where that could not be done now. Never rejects. */
  remove: (id: string, signal: AbortSignal) => Promise<boolean>
  /** Looks what of a subject is to be kept, after a good backup of it. */
  onDone: (record: BackupRecord) => Promise<void>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** The destination may be away. What is not removed then is taken up again later: `takeUp`. */
const REMOVE_AGAIN_MS = [0, 10_000, 60_000, 600_000]

/** The queue of backups: one at a time on each node, what is under way taken up again after a restart. */
export function createBackupRunner(deps: Deps) {
  const { backups, turns } = deps
  const running = new Map<
    string,
    { ended: Promise<void>; stop: AbortController; isRemoval: boolean }
  >()
  let isStopped = false

  function begin(record: BackupRecord): void {
    if (isStopped) return
    const isRemoval = record.state === 'removing'
    const before = running.get(record.id)
    if (before) {
      // It has only just been made, and what follows that has not ended yet.
      if (isRemoval && !before.isRemoval) void before.ended.then(() => begin(record))
      return
    }
    const stop = new AbortController()
    const ended = (isRemoval ? remove : work)(record, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) deps.onProblem(`backup ${record.id} broke off`, error)
      })
      .finally(() => running.delete(record.id))
    running.set(record.id, { ended, stop, isRemoval })
  }

  /** The node is everybody's while it is waited for a destination. */
  async function remove({ id, node }: BackupRecord, signal: AbortSignal): Promise<void> {
    for (const pauseMs of REMOVE_AGAIN_MS) {
      if (pauseMs > 0) await deps.clock.sleep(pauseMs, signal)
      const endTurn = await turns.take(node, 'backup', signal)
      try {
        if (await deps.remove(id, signal)) return
      } finally {
        endTurn()
      }
    }
  }

  async function work({ id, node, purpose }: BackupRecord, signal: AbortSignal): Promise<void> {
    // A restore waits for it, and goes first.
    const kind = purpose === 'safety' ? 'restore' : 'backup'
    const endTurn = await turns.take(node, kind, signal).catch((error: unknown) => {
      // Cancelled while it waited: the row is ended without a turn.
      if (signal.reason === STOPPING) throw error
      return () => {}
    })
    try {
      await deps.run(id, signal)
      const after = backups.findForPlatform(id)
      if (after?.state === 'done') await deps.onDone(after)
    } finally {
      endTurn()
    }
  }

  /** Everything that the rows say is under way, in the order in which it was asked for. */
  function takeUp(): void {
    for (const record of backups.listUnderWayForPlatform()) begin(record)
  }

  return {
    begin,
    takeUp,

    /** With what the daemon before left. */
    start(): void {
      isStopped = false
      takeUp()
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
