import type { Actor } from '@vastrox/shared/actor.ts'
import type { BackupSubject } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { mustFit } from '#core/volumes/new-volume.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { RestoreRecord } from '#store/restore-store.ts'
import type { VolumeRecord, VolumeStore } from '#store/volume-store.ts'

/** Deployments, as far as they bring a volume into force. */
export interface Redeploy {
  request(
    actor: Actor,
    app: AppRecord,
    wish: { trigger: 'restart'; description: string },
  ): { id: string }
  /** Resolves once it serves, or never will. */
  untilSwitched(id: string): Promise<{ number: number; state: string; reason: string | null }>
}

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform' | 'findByName'>
  volumes: VolumeStore
  agent: Pick<NodeAgent, 'removeVolume'>
  deployments: Redeploy
  events: Pick<EventStream, 'emit'>
  /** In the transaction in which rows change. */
  save: (record: RestoreRecord) => RestoreRecord
  /** In that transaction: backups and schedules of the one are the other's from now on. */
  follow: (fromVolumeId: string, toVolumeId: string) => void
  clock: Clock
  transact: Transact
  node: string
}

const GONE: readonly string[] = ['VOLUME_NOT_FOUND', 'VOLUME_DATA_MISSING']
const FAILED: readonly string[] = ['failed', 'cancelled', 'reverted']

/** The rows of volumes that are restored: a new one beside, or one in the place of another. */
export function createRestoredVolumes(deps: Deps) {
  const { apps, volumes, clock, transact } = deps

  const find = (subject: BackupSubject): VolumeRecord | undefined =>
    volumes.findForPlatform(subject.id)

  function mustFind(subject: BackupSubject): VolumeRecord {
    const found = find(subject)
    if (!found || found.destroyedAt !== null)
      throw new CodedError('VOLUME_NOT_FOUND', { name: subject.name })
    return found
  }

  /** The app of the volume; by its name where the volume itself was purged. */
  function appOf(teamId: string, subject: BackupSubject): AppRecord {
    const record = find(subject)
    const [name = ''] = subject.name.split('/')
    const app = record
      ? apps.findByIdForPlatform(record.appId)
      : apps.findByName(systemActor(teamId), name)
    if (!app || app.teamId !== teamId) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  const nameBeside = ({ name }: RestoreRecord): string => name ?? ''

  function wanted(record: RestoreRecord): VolumeRecord {
    const app = appOf(record.teamId, record.subject)
    const before = find(record.subject)
    const at = clock.now().toISOString()
    const isBeside = record.how === 'new'
    const name = isBeside ? nameBeside(record) : (before?.name ?? '')
    return {
      id: record.madeId ?? '',
      teamId: record.teamId,
      appId: app.id,
      appName: app.name,
      node: before?.node ?? deps.node,
      name,
      mountPath: isBeside ? `/restored/${name}` : (before?.mountPath ?? ''),
      processes: before?.processes ?? null,
      exclusive: before?.exclusive ?? false,
      createdAt: at,
      // There is something of it already: an instance that does not find it must not begin anew.
      madeAt: at,
      destroyedAt: null,
      purgingAt: null,
    }
  }

  function deploy(app: AppRecord, description: string): string | null {
    if (app.liveReleaseId === null) return null
    const wish = { trigger: 'restart' as const, description }
    return deps.deployments.request(systemActor(app.teamId), app, wish).id
  }

  return {
    mustFind,
    /** Where a volume was replaced, by a restore for one, whatever has its name in the app now. */
    placeNow(subject: BackupSubject): BackupSubject {
      const before = subject.type === 'volume' ? find(subject) : undefined
      if (!before || before.destroyedAt === null) return subject
      const now = volumes
        .listForAppForPlatform(before.appId)
        .find(({ name }) => name === before.name)
      return now ? { ...subject, id: now.id, name: `${now.appName}/${now.name}` } : subject
    },
    ownerOf: ({ teamId, subject }: Pick<RestoreRecord, 'teamId' | 'subject'>): string =>
      appOf(teamId, subject).id,
    besideName: (record: RestoreRecord): string =>
      `${appOf(record.teamId, record.subject).name}/${nameBeside(record)}`,

    /** Throws VOLUME_NAME_TAKEN, VOLUME_PATH_TAKEN and the like where it cannot be given. */
    mustFit(record: RestoreRecord): void {
      const next = wanted(record)
      const others = volumes
        .listForAppForPlatform(next.appId)
        .filter(({ id }) => record.how === 'new' || id !== record.subject.id)
      mustFit(next, others)
    },

    isNamed: ({ madeId }: RestoreRecord): boolean =>
      madeId !== null && volumes.findForPlatform(madeId) !== undefined,

    /** Rows and the wish for a deployment together: what was there goes to the trash, with its data. */
    give(record: RestoreRecord): RestoreRecord {
      const app = appOf(record.teamId, record.subject)
      const given = transact(() => {
        if (record.how !== 'new') {
          const before = mustFind(record.subject)
          volumes.saveForPlatform({ ...before, destroyedAt: clock.now().toISOString() })
        }
        const next = wanted(record)
        volumes.saveForPlatform(next)
        if (record.how !== 'new') deps.follow(record.subject.id, next.id)
        const description = `volume ${record.target ?? record.subject.name}: restored`
        return deps.save({ ...record, deploymentId: deploy(app, description) })
      })
      deps.events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
      return given
    },

    /** Why it did not come into force; null once it has. */
    async untilInForce(
      { deploymentId }: RestoreRecord,
      signal: AbortSignal,
    ): Promise<string | null> {
      if (deploymentId === null) return null
      const ended = Promise.withResolvers<never>()
      const onAbort = (): void => ended.reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        signal.throwIfAborted()
        const { state, reason, number } = await Promise.race([
          deps.deployments.untilSwitched(deploymentId),
          ended.promise,
        ])
        return FAILED.includes(state)
          ? `Deployment ${number} did not bring it into force: ${reason ?? state}.`
          : null
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },

    /** What was there has its name again; what was restored waits in the trash. */
    takeBack(record: RestoreRecord): void {
      const app = appOf(record.teamId, record.subject)
      transact(() => {
        const made = volumes.findForPlatform(record.madeId ?? '')
        if (made) volumes.saveForPlatform({ ...made, destroyedAt: clock.now().toISOString() })
        const before = record.how === 'new' ? undefined : find(record.subject)
        if (!before) return
        volumes.saveForPlatform({ ...before, destroyedAt: null })
        if (made) deps.follow(made.id, before.id)
      })
      deps.events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
    },

    /** What no row has ever named; gone is gone. */
    async dropUnnamed(ownerId: string, volumeId: string): Promise<void> {
      if (volumes.findForPlatform(volumeId)) return
      try {
        await deps.agent.removeVolume(ownerId, volumeId)
      } catch (error) {
        if (!(error instanceof CodedError && GONE.includes(error.code))) throw error
      }
    },
  }
}
export type RestoredVolumes = ReturnType<typeof createRestoredVolumes>
