import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  BackupRoot,
  ChangeDestination,
  CreatedDestination,
  CreateDestination,
  Destination,
  DestinationKey,
  DestinationKindInfo,
} from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { DESTINATION_CODES, sayLocation } from '#core/destinations/destination-settings.ts'
import {
  passwordContext,
  type Repositories,
  secretsContext,
} from '#core/destinations/repositories.ts'
import {
  type KindSettings,
  kindNamed,
  readSettings,
  tellsAnother,
} from '#core/secrets/kind-settings.ts'
import type { BackupDestinationKind } from '#ports/backup-destination.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { BackupStore } from '#store/backup-store.ts'
import type { Transact } from '#store/database.ts'
import type { DestinationRecord, DestinationStore } from '#store/destination-store.ts'

interface Deps {
  destinations: DestinationStore
  backups: Pick<
    BackupStore,
    | 'listOfDestinationForPlatform'
    | 'countOfDestinationForPlatform'
    | 'forgetDestinationForPlatform'
    | 'isAnyNeededForPlatform'
  >
  schedules: Pick<BackupScheduleStore, 'countOfDestinationForPlatform'>
  repositories: Repositories
  kinds: readonly BackupDestinationKind[]
  node: Pick<NodeBackups, 'openRepository' | 'measure' | 'listRoots'>
  isOperators: (teamId: string) => boolean
  secretBox: SecretBox
  /** A password for a repository that nobody guesses. */
  newPassword: () => string
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_DESTINATIONS = 50

/** Where a team's backups are kept: used by that team alone, opened by a key that we make. */
export function createDestinationService(deps: Deps) {
  const { destinations, repositories, kinds, node, secretBox, audit, clock, transact } = deps

  function find(actor: Actor, name: string): DestinationRecord {
    const record = destinations.findByName(actor, name)
    if (!record) throw new CodedError('DESTINATION_NOT_FOUND', { name })
    return record
  }

  function show(record: DestinationRecord): Destination {
    const kind = kinds.find((one) => one.kind === record.kind)
    return {
      name: record.name,
      kind: record.kind,
      title: kind?.title ?? record.kind,
      settings: record.settings,
      location: sayLocation(repositories.repositoryAt(record).location),
      isDefault: record.isDefault,
      uploadLimitKib: record.uploadLimitKib,
      sizeBytes: record.sizeBytes,
      freeBytes: record.freeBytes,
      checkedAt: record.checkedAt,
      checkFailure: record.checkFailure,
      createdAt: record.createdAt,
    }
  }

  const changed = (teamId: string, id: string): void =>
    deps.events.emit({ teamId, type: 'destinations.changed', app: null, subject: id })

  /** Folders of this server's own are for its operators. */
  const roots = async (actor: Actor): Promise<BackupRoot[]> =>
    deps.isOperators(actor.teamId) ? node.listRoots() : []

  async function mustBeTheirs(actor: Actor, record: DestinationRecord): Promise<void> {
    const { location } = repositories.repositoryAt(record)
    if (location.type !== 'local') return
    const known = await roots(actor)
    if (known.some(({ rootId }) => rootId === location.rootId)) return
    const reason = deps.isOperators(actor.teamId)
      ? 'There is no such root: root registers one by `vastrox destinations allow PATH`.'
      : "Folders of this server are for its operators' team: choose storage elsewhere."
    throw new CodedError('DESTINATION_SETTINGS_INVALID', { reason })
  }

  /** Makes the repository where there is none. Gives the record with what is known of it now. */
  async function opened(record: DestinationRecord): Promise<DestinationRecord> {
    const repository = repositories.repositoryAt(record)
    const { repositoryId } = await node.openRepository(repository)
    if (record.repositoryId !== null && record.repositoryId !== repositoryId)
      throw new CodedError('DESTINATION_OTHER_REPOSITORY')
    const measured = await node.measure(repository)
    return {
      ...record,
      ...measured,
      repositoryId,
      measuredAt: clock.now().toISOString(),
    }
  }

  return {
    find,
    show,

    list(actor: Actor): Destination[] {
      mustBeAble(actor, 'backup.read')
      return destinations.list(actor).map(show)
    },

    get(actor: Actor, name: string): Destination {
      mustBeAble(actor, 'backup.read')
      return show(find(actor, name))
    },

    /** What can be set up: the dashboard draws its forms from it. */
    kinds(actor: Actor): DestinationKindInfo[] {
      mustBeAble(actor, 'backup.read')
      return kinds.map(({ kind, title, settings, secrets }) => ({
        kind,
        title,
        neverShown: [...secrets],
        settings: z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }),
      }))
    },

    /** Places on this server's own disks that the actor's team may choose. */
    async roots(actor: Actor): Promise<BackupRoot[]> {
      mustBeAble(actor, 'backup.read')
      const found = await roots(actor)
      return found.map(({ rootId, path, freeBytes }) => ({ rootId, path, freeBytes }))
    },

    /** The default one where no name is given. Throws DESTINATION_NOT_FOUND, DESTINATION_MISSING. */
    choose(actor: Actor, name: string | undefined): DestinationRecord {
      if (name !== undefined) return find(actor, name)
      const all = destinations.list(actor)
      const chosen =
        all.find(({ isDefault }) => isDefault) ?? (all.length === 1 ? all[0] : undefined)
      if (!chosen) throw new CodedError('DESTINATION_MISSING')
      return chosen
    },

    /**
     * Makes the repository, with a key of ours that is shown this once. Throws what the node says
     * where the place cannot be used; nothing is kept then.
     */
    async create(actor: Actor, wish: CreateDestination): Promise<CreatedDestination> {
      mustBeAble(actor, 'backup.manage')
      const kind = kindNamed(kinds, wish.kind, DESTINATION_CODES)
      const { shown, secret } = readSettings(kind, wish.settings, DESTINATION_CODES)
      mustHaveRoom(actor, wish.name)
      const id = deps.newId()
      const password = deps.newPassword()
      const record = await opened(
        await theirs({
          id,
          teamId: actor.teamId,
          name: wish.name,
          kind: wish.kind,
          settings: shown,
          secretsSealed: secretBox.seal(JSON.stringify(secret), secretsContext(id)),
          passwordSealed: secretBox.seal(password, passwordContext(id)),
          folder: `vastrox-${id}`,
          repositoryId: null,
          isDefault: wish.isDefault || destinations.list(actor).length === 0,
          uploadLimitKib: wish.uploadLimitKib,
          sizeBytes: null,
          freeBytes: null,
          measuredAt: null,
          checkedAt: null,
          checkFailure: null,
          nextPart: 1,
          createdAt: clock.now().toISOString(),
        }),
      )
      transact(() => {
        mustHaveRoom(actor, wish.name)
        destinations.saveForPlatform(record)
        const details = {
          kind: wish.kind,
          location: sayLocation(repositories.repositoryAt(record).location),
        }
        audit.append({ actor, action: 'destination.create', target: wish.name, details })
      })
      changed(actor.teamId, id)
      return { destination: show(record), ...(await keyOf(record)) }

      async function theirs(wanted: DestinationRecord): Promise<DestinationRecord> {
        await mustBeTheirs(actor, wanted)
        return wanted
      }
    },

    /**
     * Settings that are left out stay as they are, secret ones too unless another host is to be told
     * them. Tried before it is kept.
     */
    async change(actor: Actor, name: string, wish: ChangeDestination): Promise<Destination> {
      mustBeAble(actor, 'backup.manage')
      const before = find(actor, name)
      const kind = kindNamed(kinds, before.kind, DESTINATION_CODES)
      const next: DestinationRecord = {
        ...before,
        ...(wish.isDefault === undefined ? {} : { isDefault: wish.isDefault }),
        ...(wish.uploadLimitKib === undefined ? {} : { uploadLimitKib: wish.uploadLimitKib }),
        ...(wish.settings === undefined ? {} : sealedSettings(before, kind, wish.settings)),
      }
      if (wish.settings !== undefined) await mustBeTheirs(actor, next)
      const record = wish.settings === undefined ? next : await opened(next)
      transact(() => {
        // Somebody may have removed it meanwhile, and a check may have ended.
        const { checkedAt, checkFailure, nextPart } = find(actor, name)
        destinations.saveForPlatform({ ...record, checkedAt, checkFailure, nextPart })
        const details = { settings: Object.keys(wish.settings ?? {}) }
        audit.append({ actor, action: 'destination.change', target: name, details })
      })
      changed(actor.teamId, record.id)
      return show(find(actor, name))
    },

    /** Opens it as a backup would, and measures it. */
    async test(actor: Actor, name: string): Promise<Destination> {
      mustBeAble(actor, 'backup.manage')
      const before = find(actor, name)
      const { repositoryId, sizeBytes, freeBytes, measuredAt } = await opened(before)
      transact(() => {
        const now = find(actor, name)
        destinations.saveForPlatform({ ...now, repositoryId, sizeBytes, freeBytes, measuredAt })
        audit.append({ actor, action: 'destination.test', target: name })
      })
      changed(actor.teamId, before.id)
      return show(find(actor, name))
    },

    /** What opens the repository anywhere, with restic alone. The act is written down. */
    async revealKey(actor: Actor, name: string): Promise<DestinationKey> {
      mustBeAble(actor, 'backup.manage')
      const record = find(actor, name)
      audit.append({ actor, action: 'destination.reveal-key', target: name })
      return keyOf(record)
    },

    /**
     * Forgets the destination; what is there stays there, and is opened by its key. Throws
     * CONFIRMATION_WRONG, and DESTINATION_IN_USE where a schedule or a backup under way needs it.
     */
    remove(actor: Actor, name: string, confirm: string): void {
      mustBeAble(actor, 'backup.manage')
      const record = find(actor, name)
      if (confirm !== name) throw new CodedError('CONFIRMATION_WRONG')
      transact(() => {
        const schedules = deps.schedules.countOfDestinationForPlatform(record.id)
        if (schedules > 0)
          throw inUse(
            `${schedules} schedules back up to it: remove them, or choose another one for them.`,
          )
        if (deps.backups.isAnyNeededForPlatform(record.id))
          throw inUse('A restore under way needs a backup that is there.')
        const kept = deps.backups.countOfDestinationForPlatform(record.id)
        deps.backups.forgetDestinationForPlatform(record.id)
        if (deps.backups.countOfDestinationForPlatform(record.id) > 0)
          throw inUse('A backup is being made there.')
        destinations.remove(actor, record.id)
        const details = { forgottenBackups: kept }
        audit.append({ actor, action: 'destination.remove', target: name, details })
      })
      changed(actor.teamId, record.id)
    },
  }

  function mustHaveRoom(actor: Actor, name: string): void {
    const all = destinations.list(actor)
    if (all.some((one) => one.name === name))
      throw new CodedError('DESTINATION_NAME_TAKEN', { name })
    if (all.length >= MAX_DESTINATIONS)
      throw inUse(`A team has ${MAX_DESTINATIONS} destinations at most: remove one first.`)
  }

  function sealedSettings(
    before: DestinationRecord,
    kind: BackupDestinationKind,
    given: KindSettings,
  ): Pick<DestinationRecord, 'settings' | 'secretsSealed'> {
    // Secrets are for whom they were given: for another one they are given once more.
    const kept = tellsAnother(kind, before.settings, given) ? {} : repositories.secretsOf(before)
    const all = { ...before.settings, ...kept, ...given }
    const { shown, secret } = readSettings(kind, all, DESTINATION_CODES)
    const sealed = secretBox.seal(JSON.stringify(secret), secretsContext(before.id))
    return { settings: shown, secretsSealed: sealed }
  }

  async function keyOf(record: DestinationRecord): Promise<DestinationKey> {
    const { password, location } = repositories.repositoryAt(record)
    const found = location.type === 'local' ? await node.listRoots() : []
    const root = found.find((one) => location.type === 'local' && one.rootId === location.rootId)
    return {
      repositoryKey: password,
      // As install.sh --restore takes it.
      location: root ? `${root.path}/${record.folder}` : sayLocation(location),
      meaning:
        'Without this key nobody can read these backups, not even you: keep it away from this server. It is asked for when everything has to be brought back on an empty machine.',
    }
  }
}
export type DestinationService = ReturnType<typeof createDestinationService>

const inUse = (reason: string): CodedError => new CodedError('DESTINATION_IN_USE', { reason })
