import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { Transact } from '#store/database.ts'
import type { BackupStore } from '#store/backup-store.ts'
import type { DrillRecord, DrillStore } from '#store/drill-store.ts'

interface Deps {
  drills: Pick<DrillStore, 'saveForPlatform'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  /** Told inside of the transaction. */
  noteNews: NoteNews
  /** What became of it stands at the backup too. */
  noteDrill: BackupStore['noteDrillForPlatform']
  clock: Clock
  transact: Transact
}

/** Of each subject. */
const KEPT = 50

/** Writes down what becomes of drills, and tells whom it concerns. */
export function createDrillBook(deps: Deps) {
  const { drills, audit, events, noteNews, clock, transact } = deps

  const tell = ({ teamId, id }: DrillRecord): void =>
    events.emit({ teamId, type: 'drills.changed', app: null, subject: id })

  function alarm({ teamId, subject, backupId, id, reason }: DrillRecord): void {
    const said = reason ?? ''
    audit.append({
      actor: systemActor(teamId),
      action: 'drill.fail',
      target: subject.name,
      result: 'failed',
      details: { subject: `${subject.type}:${subject.id}`, backup: backupId, drill: id, why: said },
    })
    noteNews({
      teamId,
      appId: null,
      event: 'drill.failed',
      data: {
        subject: `${subject.type}:${subject.name}`,
        backup: backupId,
        drill: id,
        reason: said,
      },
    })
  }

  const tellProven = ({ teamId, subject, backupId, id }: DrillRecord): void =>
    noteNews({
      teamId,
      appId: null,
      event: 'drill.proven',
      data: { subject: `${subject.type}:${subject.name}`, backup: backupId, drill: id },
    })

  return {
    save(record: DrillRecord): DrillRecord {
      drills.saveForPlatform(record, KEPT)
      tell(record)
      return record
    },

    /** One that failed is an alarm: row, audit event and news are kept together. */
    end(
      record: DrillRecord,
      state: 'proven' | 'failed' | 'skipped',
      changes: Partial<Pick<DrillRecord, 'checks' | 'reason' | 'durationMs'>>,
    ): DrillRecord {
      const ended = { ...record, ...changes, state, endedAt: clock.now().toISOString() }
      transact(() => {
        drills.saveForPlatform(ended, KEPT)
        if (state === 'failed') alarm(ended)
        if (state === 'proven') tellProven(ended)
        const { endedAt, durationMs, reason, backupId } = ended
        if (state !== 'skipped') deps.noteDrill(backupId, { state, endedAt, durationMs, reason })
      })
      tell(ended)
      return ended
    },
  }
}
export type DrillBook = ReturnType<typeof createDrillBook>
