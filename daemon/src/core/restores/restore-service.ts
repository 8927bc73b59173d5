import type { Actor } from '@vastrox/shared/actor.ts'
import { mustBeAble } from '@vastrox/shared/actor.ts'
import { AddonName } from '@vastrox/shared/addon.ts'
import type { BackupSubject, CreateRestore, Restore } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import { VolumeName } from '@vastrox/shared/volume.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { byOf, type RestoreBook } from '#core/restores/restore-book.ts'
import type { KeptBackups, Servers } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { RestoreRecord, RestoreStore } from '#store/restore-store.ts'

interface Deps {
  restores: RestoreStore
  backups: Pick<KeptBackups, 'find'>
  servers: Pick<Servers, 'findForPlatform' | 'kindOf' | 'isNameTaken'>
  /** Throws where a volume of that name or place cannot be given. */
  mustFit: (record: RestoreRecord) => void
  /** What has the place of the subject now, where it was replaced since. */
  placeNow: (subject: BackupSubject) => BackupSubject
  /** What is called so now: the name that must be given once more. Throws where it is not there. */
  nameNow: (actor: Actor, subject: BackupSubject) => string
  book: RestoreBook
  onQueued: () => void
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

/** How something may come back, by what it is. */
const WAYS: Record<BackupSubject['type'], readonly CreateRestore['how'][]> = {
  addon: ['new', 'switch', 'in-place'],
  volume: ['new', 'switch', 'in-place', 'files'],
  app: ['switch'],
  platform: [],
}
/** Of a team, waiting or under way. */
const MOST_OPEN = 20

/** The way back: which backup, into what; what becomes of it stands in the row. */
export function createRestoreService(deps: Deps) {
  const { restores, clock } = deps

  const find = (actor: Actor, id: string): RestoreRecord => {
    const found = restores.find(actor, id)
    if (!found) throw new CodedError('RESTORE_NOT_FOUND')
    return found
  }

  /** Throws unless it can be asked for at all, before a row is written. */
  function mustMakeSense(subject: BackupSubject, wish: CreateRestore): void {
    const ways = WAYS[subject.type]
    if (ways.length === 0) throw new CodedError('RESTORE_NOT_HERE')
    if (!ways.includes(wish.how))
      throw invalid(`A backup of this kind comes back as: ${ways.join(', ')}.`)
    if (wish.how === 'files' && (wish.paths ?? []).length === 0)
      throw invalid('Name the files or folders that are wanted (paths).')
    if (wish.how === 'files' && wish.paths?.some(leadsAway))
      throw invalid('A path leads away from the volume.')
    if (wish.how !== 'files' && wish.paths !== undefined)
      throw invalid('Paths are for "files" alone.')
    if (wish.how === 'new') mustBeName(subject, wish.name)
  }

  function mustBeName({ type }: BackupSubject, name: string | undefined): void {
    const read = (type === 'addon' ? AddonName : VolumeName).safeParse(name ?? '')
    if (!read.success) throw invalid(`name: ${read.error.issues[0]?.message ?? 'is needed.'}`)
  }

  function mustBeFree(actor: Actor, subject: BackupSubject): void {
    const open = restores.listOpenForPlatform()
    if (open.filter(({ teamId }) => teamId === actor.teamId).length >= MOST_OPEN)
      throw new CodedError('RESTORE_UNDER_WAY', { reason: `There are ${MOST_OPEN} already.` })
    const other = open.find(
      (one) => one.subject.type === subject.type && one.subject.id === subject.id,
    )
    if (other)
      throw new CodedError('RESTORE_UNDER_WAY', {
        reason: `Restore ${other.id} of ${subject.name} has not ended yet.`,
      })
  }

  /** Looks at everything that can be looked at first, then writes the row. */
  function open(
    actor: Actor,
    given: { subject: BackupSubject; backupId: string | null; wish: CreateRestore },
  ): RestoreRecord {
    const { subject, backupId, wish } = given
    mustMakeSense(subject, wish)
    if (wish.how === 'switch' || wish.how === 'in-place') {
      const name = deps.nameNow(actor, subject)
      if (wish.confirm !== name) throw new CodedError('CONFIRMATION_WRONG')
    }
    mustBeFree(actor, subject)
    const record: RestoreRecord = {
      id: deps.newId(),
      teamId: actor.teamId,
      backupId,
      subject,
      how: wish.how,
      name: wish.name ?? null,
      paths: wish.paths ?? [],
      by: byOf(actor),
      state: 'queued',
      progress: null,
      target: null,
      madeId: null,
      isTouched: false,
      deploymentId: null,
      safetyBackupId: null,
      checks: [],
      reason: null,
      startedAt: clock.now().toISOString(),
      endedAt: null,
    }
    if (
      subject.type === 'addon' &&
      wish.how === 'new' &&
      deps.servers.isNameTaken(actor.teamId, wish.name ?? '')
    )
      throw new CodedError('ADDON_NAME_TAKEN', { name: wish.name })
    if (subject.type === 'volume' && wish.how !== 'files') deps.mustFit(record)
    return deps.transact(() => {
      deps.audit.append({
        actor,
        action: backupId === null ? 'import.request' : 'restore.request',
        target: subject.name,
        details: {
          restore: record.id,
          how: wish.how,
          ...(backupId === null ? {} : { backup: backupId }),
          ...(wish.name === undefined ? {} : { into: wish.name }),
        },
      })
      return deps.book.save(record)
    })
  }

  return {
    /** Newest first; the cursor is the last id of the page before. */
    list(actor: Actor, { cursor, limit }: PageQuery): Page<Restore> {
      const rows = restores.listPage(actor, cursor, limit + 1)
      const items = rows.slice(0, limit).map(showRestore)
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
    },

    get: (actor: Actor, id: string): Restore => showRestore(find(actor, id)),

    /**
     * Throws BACKUP_NOT_FOUND, BACKUP_NOT_GOOD, REQUEST_INVALID, RESTORE_UNDER_WAY, and
     * CONFIRMATION_WRONG unless the name of what is replaced is given once more.
     */
    request(actor: Actor, backupId: string, wish: CreateRestore): Restore {
      mustBeAble(actor, 'backup.restore')
      const { id, subject } = deps.backups.find(actor, backupId)
      const record = open(actor, { subject: deps.placeNow(subject), backupId: id, wish })
      deps.onQueued()
      return showRestore(record)
    },

    /** The row of somebody's own content, which whoever calls it brings. */
    openImport: (actor: Actor, subject: BackupSubject, wish: CreateRestore): RestoreRecord => {
      mustBeAble(actor, 'backup.restore')
      return open(actor, { subject, backupId: null, wish })
    },
  }
}
export type RestoreService = ReturnType<typeof createRestoreService>

export const showRestore = ({
  teamId: _team,
  name: _name,
  paths: _paths,
  by: _by,
  madeId: _made,
  isTouched: _touched,
  deploymentId: _deployment,
  ...restore
}: RestoreRecord): Restore => restore

const invalid = (reason: string): CodedError => new CodedError('REQUEST_INVALID', { reason })

/** Control characters and `..` have no place in a path inside of a volume. */
const leadsAway = (path: string): boolean => path.split('/').includes('..') || /\p{Cc}/u.test(path)
