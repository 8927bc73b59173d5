import type { Actor } from '@vastrox/shared/actor.ts'
import { mustBeAble } from '@vastrox/shared/actor.ts'
import type { BackupSubject, Drill } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DrillBook } from '#core/drills/drill-book.ts'
import type { GoodBackup, KeptBackups } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { DrillCause, DrillRecord, DrillStore } from '#store/drill-store.ts'

interface Deps {
  drills: DrillStore
  backups: Pick<KeptBackups, 'find' | 'findForPlatform' | 'listNewestForPlatform'>
  book: DrillBook
  /** Once there is a row. */
  onQueued: () => void
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

type SubjectKey = Pick<BackupSubject, 'type' | 'id'>
export type DrillFilter = { subject?: SubjectKey | undefined; backupId?: string | undefined }

const WEEK_MS = 7 * 24 * 3_600_000
/** Looked at every hour: a drill that is due within the next one counts as due. */
const NEARLY_MS = 1_800_000

/** Proof that backups can be put back: asked for, after each backup, and every week. */
export function createDrillService(deps: Deps) {
  const { drills, backups, book, clock } = deps

  const find = (actor: Actor, id: string): DrillRecord => {
    const found = drills.find(actor, id)
    if (!found) throw new CodedError('DRILL_NOT_FOUND')
    return found
  }

  function queue(backup: GoodBackup, cause: DrillCause): DrillRecord {
    const at = clock.now().toISOString()
    return book.save({
      id: deps.newId(),
      teamId: backup.teamId,
      backupId: backup.id,
      subject: backup.subject,
      cause,
      state: 'queued',
      attempts: 0,
      askedAt: at,
      notBefore: at,
      startedAt: null,
      endedAt: null,
      durationMs: null,
      checks: [],
      reason: null,
    })
  }

  const isOpenFor = (backupId: string): DrillRecord | undefined =>
    drills.listOpenForPlatform().find((drill) => drill.backupId === backupId)

  return {
    /** Newest first; the cursor is the last id of the page before. */
    list(actor: Actor, filter: DrillFilter, { cursor, limit }: PageQuery): Page<Drill> {
      const rows = drills.listPage(actor, filter, cursor, limit + 1)
      const items = rows.slice(0, limit).map(showDrill)
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
    },

    get: (actor: Actor, id: string): Drill => showDrill(find(actor, id)),

    /** Throws BACKUP_NOT_FOUND and BACKUP_NOT_GOOD. One that waits already is given. */
    request(actor: Actor, backupId: string): Drill {
      mustBeAble(actor, 'backup.create')
      const backup = backups.find(actor, backupId)
      const waiting = isOpenFor(backup.id)
      if (waiting?.cause === 'asked' || waiting?.state === 'running') return showDrill(waiting)
      const queued = deps.transact(() => {
        const details = { backup: backup.id }
        deps.audit.append({ actor, action: 'drill.request', target: backup.subject.name, details })
        return queue(backup, 'asked')
      })
      deps.onQueued()
      return showDrill(queued)
    },

    /** Called when a backup is done. */
    afterBackup(backupId: string): void {
      const backup = backups.findForPlatform(backupId)
      if (!backup || isOpenFor(backupId)) return
      queue(backup, 'after-backup')
      deps.onQueued()
    },

    /** The newest good backup of every subject, where none has been proven for a week. */
    queueWeekly(): number {
      const before = clock.now().getTime() - WEEK_MS + NEARLY_MS
      const due = backups.listNewestForPlatform().filter((backup) => {
        if (isOpenFor(backup.id)) return false
        const last = drills.newestJudgedForPlatform(backup.subject)?.endedAt
        return !last || Date.parse(last) < before
      })
      for (const backup of due) queue(backup, 'weekly')
      if (due.length > 0) deps.onQueued()
      return due.length
    },
  }
}
export type DrillService = ReturnType<typeof createDrillService>

export const showDrill = ({
  teamId: _team,
  cause: _cause,
  attempts: _attempts,
  askedAt: _asked,
  notBefore: _notBefore,
  ...drill
}: DrillRecord): Drill => drill
