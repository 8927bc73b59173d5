import type { Actor } from '@vastrox/shared/actor.ts'
import type { DrillCheck, Restore } from '@vastrox/shared/backup.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { advance } from '#core/restores/restore-states.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { Transact } from '#store/database.ts'
import type { RestoreRecord, RestoreStore } from '#store/restore-store.ts'

interface Deps {
  restores: Pick<RestoreStore, 'saveForPlatform'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
}

type Changes = Partial<
  Pick<
    RestoreRecord,
    'target' | 'madeId' | 'isTouched' | 'deploymentId' | 'safetyBackupId' | 'checks' | 'progress'
  >
>

/** Of each team. */
const KEPT = 500
const TELL_EVERY_MS = 1_000

/** Writes down how far a restore is, before each step is taken (rule K3). */
export function createRestoreBook({ restores, audit, events, clock, transact }: Deps) {
  const toldAt = new Map<string, number>()

  const tell = ({ teamId, id }: RestoreRecord): void =>
    events.emit({ teamId, type: 'restores.changed', app: null, subject: id })

  function save(record: RestoreRecord): RestoreRecord {
    restores.saveForPlatform(record, KEPT)
    tell(record)
    return record
  }

  function end(record: RestoreRecord, ended: RestoreRecord): RestoreRecord {
    toldAt.delete(record.id)
    transact(() => {
      restores.saveForPlatform(ended, KEPT)
      const { subject, how, backupId, id, target, reason, state } = ended
      audit.append({
        actor: systemActor(ended.teamId),
        action: state === 'done' ? 'restore.done' : 'restore.fail',
        target: subject.name,
        result: state === 'done' ? 'ok' : 'failed',
        details: {
          restore: id,
          how,
          by: ended.by.name,
          ...(backupId === null ? {} : { backup: backupId }),
          ...(target === null ? {} : { into: target }),
          ...(reason === null ? {} : { why: reason }),
        },
      })
    })
    tell(ended)
    return ended
  }

  return {
    save,

    move: (record: RestoreRecord, to: Restore['state'], changes: Changes = {}): RestoreRecord =>
      save({ ...advance(record, to), progress: null, ...changes }),

    /** At most once a second. */
    progress(record: RestoreRecord, done: number | null): void {
      const now = clock.elapsedMs()
      if (now - (toldAt.get(record.id) ?? -TELL_EVERY_MS) < TELL_EVERY_MS) return
      toldAt.set(record.id, now)
      save({ ...record, progress: done })
    },

    done: (record: RestoreRecord, checks: DrillCheck[] = record.checks): RestoreRecord =>
      end(record, {
        ...advance(record, 'done'),
        checks,
        progress: 1,
        reason: null,
        endedAt: clock.now().toISOString(),
      }),

    fail: (record: RestoreRecord, reason: string): RestoreRecord =>
      end(record, {
        ...advance(record, 'failed'),
        progress: null,
        reason,
        endedAt: clock.now().toISOString(),
      }),
  }
}
export type RestoreBook = ReturnType<typeof createRestoreBook>

/** Who asked, as the row keeps it. */
export const byOf = ({ kind, id, name, userId }: Actor): RestoreRecord['by'] => ({
  kind,
  id,
  name,
  userId,
})
