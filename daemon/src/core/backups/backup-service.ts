import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Backup, BackupFile, CreateBackup } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { BackupRunner } from '#core/backups/backup-runner.ts'
import { showBackup } from '#core/backups/backup-view.ts'
import type { DestinationService } from '#core/destinations/destination-service.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import type { KnownSubject, Subjects } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupFilter, BackupRecord, BackupStore } from '#store/backup-store.ts'
import type { Transact } from '#store/database.ts'
import type { DestinationStore } from '#store/destination-store.ts'

interface Deps {
  backups: BackupStore
  destinations: Pick<DestinationStore, 'findForPlatform'>
  destinationService: Pick<DestinationService, 'choose' | 'find'>
  subjects: Pick<Subjects, 'find' | 'groupOf'>
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'listFiles'>
  finder: AppFinder
  runner: Pick<BackupRunner, 'begin' | 'cancel' | 'until'>
  progressOf: (id: string) => number | null
  audit: Pick<AuditLog, 'append'>
  onChange: (record: BackupRecord) => void
  clock: Clock
  newId: NewId
  transact: Transact
}

/** How a backup was asked for, where no request did. */
export interface BackupOrder {
  destinationId: string
  mode: 'live' | 'paused' | 'stopped'
  keep: boolean
  allowSmaller: boolean
  purpose: BackupRecord['purpose']
  scheduleId: string | null
  groupId?: string
}

export interface BackupQuery extends PageQuery {
  subject?: string | undefined
  destination?: string | undefined
  state?: Backup['state'] | undefined
  group?: string | undefined
}

/** Waiting or under way on all nodes together, and of one team: none takes the room of the others. */
const MAX_QUEUED = 500
const MAX_OF_TEAM = 200

/** Backups: what people ask for, see and remove. The work itself is the runner's. */
export function createBackupService(deps: Deps) {
  const { backups, audit, clock, transact } = deps

  const show = (record: BackupRecord): Backup =>
    showBackup(
      record,
      deps.destinations.findForPlatform(record.destinationId)?.name ?? '-',
      record.state === 'running' ? deps.progressOf(record.id) : null,
    )

  function find(actor: Actor, id: string): BackupRecord {
    const record = backups.find(actor, id)
    if (!record) throw new CodedError('BACKUP_NOT_FOUND')
    return record
  }

  /** Throws BACKUP_NOT_READY where there is no content to be had. */
  function findDone(actor: Actor, id: string): BackupRecord & { snapshotId: string } {
    const record = find(actor, id)
    const { snapshotId, state } = record
    if (state !== 'done' || snapshotId === null) throw new CodedError('BACKUP_NOT_READY', { state })
    return { ...record, snapshotId }
  }

  /** The rows first: what was asked for is not lost, whatever happens next. In one transaction. */
  function ask(actor: Actor, known: readonly KnownSubject[], order: BackupOrder): BackupRecord[] {
    const groupId = order.groupId ?? deps.newId()
    const askedAt = clock.now().toISOString()
    const records = transact(() => {
      const open = backups.listUnderWayForPlatform().filter(({ state }) => state !== 'removing')
      const ofTeam = open.filter(({ teamId }) => teamId === actor.teamId)
      if (open.length + known.length > MAX_QUEUED || ofTeam.length + known.length > MAX_OF_TEAM)
        throw new CodedError('BACKUP_TOO_MANY')
      return known.map(({ subject, teamId, node, appId }) => {
        const id = deps.newId()
        backups.insertForPlatform({
          id,
          teamId,
          groupId,
          node,
          subject,
          appId,
          destinationId: order.destinationId,
          scheduleId: order.scheduleId,
          purpose: order.purpose,
          actor: actor.name,
          state: 'queued',
          wantedMode: order.mode,
          mode: null,
          allowSmaller: order.allowSmaller,
          isKept: order.keep,
          attempts: 0,
          snapshotId: null,
          mayLinger: false,
          holdsApp: false,
          sizeBytes: null,
          addedBytes: null,
          reason: null,
          manifest: null,
          verifiedAt: null,
          damage: null,
          drill: null,
          provenAt: null,
          countedAt: askedAt,
          askedAt,
          startedAt: null,
          endedAt: null,
        })
        const target = `${subject.type}:${subject.name}`
        const details = { id, purpose: order.purpose, mode: order.mode }
        audit.append({ actor, action: 'backup.create', target, details })
        return find({ ...actor, teamId }, id)
      })
    })
    for (const record of records) {
      deps.onChange(record)
      deps.runner.begin(record)
    }
    return records
  }

  const orderOf = (actor: Actor, wish: CreateBackup): BackupOrder => ({
    destinationId: deps.destinationService.choose(actor, wish.destination).id,
    mode: wish.mode,
    keep: wish.keep,
    allowSmaller: wish.allowSmaller,
    purpose: 'asked',
    scheduleId: null,
  })

  const mayBackUp = (actor: Actor, { subject }: KnownSubject): void =>
    mustBeAble(actor, subject.type === 'platform' ? 'backup.manage' : 'backup.create')

  return {
    show,
    find,
    findDone,
    ask,

    list(actor: Actor, query: BackupQuery): Page<Backup> {
      mustBeAble(actor, 'backup.read')
      const filter: BackupFilter = {
        subject: query.subject === undefined ? undefined : subjectKey(actor, query.subject),
        destinationId:
          query.destination === undefined
            ? undefined
            : deps.destinationService.find(actor, query.destination).id,
        state: query.state,
        groupId: query.group,
      }
      return pageOf(actor, filter, query)
    },

    /** Of an app: its own, its volumes', and those of databases that were made along with them. */
    listOfApp(actor: Actor, appName: string, query: PageQuery): Page<Backup> {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'backup.read', app.id)
      return pageOf(actor, { appId: app.id }, query)
    },

    get(actor: Actor, id: string): Backup {
      mustBeAble(actor, 'backup.read')
      return show(find(actor, id))
    },

    /** One subject, now. */
    create(actor: Actor, ref: string, wish: CreateBackup): Backup {
      const known = deps.subjects.find(actor, ref)
      mayBackUp(actor, known)
      return show(first(ask(actor, [known], orderOf(actor, wish))))
    },

    /** Everything of an app, now: code, configuration, env, volumes and attached databases. */
    createForApp(actor: Actor, appName: string, wish: CreateBackup): Backup[] {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'backup.create', app.id)
      return ask(actor, deps.subjects.groupOf(app), orderOf(actor, wish)).map(show)
    },

    /** Resolves with the row once nothing is done to it any more. */
    async until(actor: Actor, id: string): Promise<Backup> {
      await deps.runner.until(find(actor, id).id)
      return show(find(actor, id))
    },

    /** Nothing of it is kept. Throws BACKUP_NOT_READY where it is not under way. */
    async cancel(actor: Actor, id: string): Promise<Backup> {
      mustBeAble(actor, 'backup.create')
      const record = find(actor, id)
      if (record.state !== 'queued' && record.state !== 'running')
        throw new CodedError('BACKUP_NOT_READY', { state: record.state })
      audit.append({ actor, action: 'backup.cancel', target: id })
      deps.runner.cancel(id, actor.name)
      await deps.runner.until(id)
      return show(find(actor, id))
    },

    keep(actor: Actor, id: string, isKept: boolean): Backup {
      mustBeAble(actor, 'backup.manage')
      const record = find(actor, id)
      transact(() => {
        backups.setKept(actor, id, isKept)
        const action = isKept ? 'backup.keep' : 'backup.let-go'
        audit.append({ actor, action, target: id, details: { subject: record.subject.name } })
      })
      const after = find(actor, id)
      deps.onChange(after)
      return show(after)
    },

    /**
     * Removes one, by name of the act: its row says so first, and goes when its snapshot has gone from
     * the destination. One that failed goes at once, with what may linger of it.
     */
    remove(actor: Actor, id: string, confirm: string): Backup {
      mustBeAble(actor, 'backup.manage')
      const record = find(actor, id)
      if (confirm !== record.subject.name) throw new CodedError('CONFIRMATION_WRONG')
      if (record.state !== 'done' && record.state !== 'failed')
        throw new CodedError('BACKUP_NOT_READY', { state: record.state })
      if (record.isKept) throw new CodedError('BACKUP_KEPT')
      if (backups.isNeededForPlatform(id))
        throw new CodedError('BACKUP_NOT_READY', {
          state: record.state,
          reason: 'A restore under way needs it: wait until that has ended.',
        })
      return show(this.beginRemoval(actor, record, {}))
    },

    /** Written down, then done by the runner; retention comes this way too. */
    beginRemoval(
      actor: Actor,
      record: BackupRecord,
      details: Record<string, unknown>,
    ): BackupRecord {
      const removing: BackupRecord = { ...record, state: 'removing' }
      transact(() => {
        backups.saveForPlatform(removing)
        audit.append({
          actor,
          action: 'backup.remove',
          target: record.id,
          details: { ...details, subject: record.subject.name, startedAt: record.startedAt },
        })
      })
      deps.onChange(removing)
      deps.runner.begin(removing)
      return removing
    },

    /** A folder of what is in a backup; at most 1,000 entries of it. */
    async files(actor: Actor, id: string, path: string): Promise<BackupFile[]> {
      mustBeAble(actor, 'backup.restore')
      const record = findDone(actor, id)
      mustBeReadable(record)
      const repository = await deps.repositories.of(record.destinationId)
      const found = await deps.node.listFiles(repository, record.snapshotId, path)
      return found.map((file) => ({
        ...file,
        modifiedAt: new Date(file.modifiedAt).toISOString(),
      }))
    },
  }

  function pageOf(actor: Actor, filter: BackupFilter, { cursor, limit }: PageQuery): Page<Backup> {
    const before = cursor === undefined ? undefined : Number(cursor)
    if (before !== undefined && !Number.isSafeInteger(before))
      throw new CodedError('REQUEST_INVALID', { reason: 'That is no cursor of this list.' })
    const found = backups.list(actor, filter, { cursor: before, limit: limit + 1 })
    const items = found.slice(0, limit)
    return {
      items: items.map(show),
      nextCursor: found.length > limit ? String(items.at(-1)?.seq ?? '') : null,
    }
  }

  /** One that has gone still has backups: it is found by its name among them. */
  function subjectKey(actor: Actor, ref: string): { type: string; id: string } {
    try {
      return deps.subjects.find(actor, ref).subject
    } catch (error) {
      const at = ref.indexOf(':')
      const [type, name] = [ref.slice(0, at), ref.slice(at + 1)]
      const known = backups
        .subjectsOfTeamForPlatform(actor.teamId)
        .find((one) => one.type === type && one.name === name)
      if (!known) throw error
      return known
    }
  }
}
export type BackupService = ReturnType<typeof createBackupService>

/** What the platform is made of are the keys and the secrets of all teams: nobody reads them this way. */
export function mustBeReadable({ subject, state }: Pick<BackupRecord, 'subject' | 'state'>): void {
  if (subject.type !== 'platform') return
  throw new CodedError('BACKUP_NOT_READY', {
    state,
    reason:
      'It holds the keys and the secrets of every team: it is restored on an empty machine (./install.sh --restore), or read there with its key.',
  })
}

function first(records: readonly BackupRecord[]): BackupRecord {
  const [record] = records
  if (!record) throw new Error('a backup was asked for, and there is no row of it')
  return record
}
