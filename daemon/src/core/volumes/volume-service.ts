import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ChangeVolume, CreateVolume, DestroyedVolume, Volume } from '@vastrox/shared/volume.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { mustFit, newVolume } from '#core/volumes/new-volume.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { VolumeRecord, VolumeStore } from '#store/volume-store.ts'

interface Deps {
  apps: AppFinder
  volumes: VolumeStore
  agent: Pick<NodeAgent, 'measureVolumes' | 'removeVolume'>
  deployments: Pick<DeploymentService, 'request' | 'get'>
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  node: string
  crashPoint: (name: string) => void
}

/** Of the agent, before it has touched anything. */
const REFUSED: readonly string[] = ['VOLUME_IN_USE', 'VOLUME_NOT_FOUND']

const TRASH_MS = 7 * 24 * 60 * 60 * 1_000

/** A change, and the deployment that brings it into force; null where nothing runs yet. */
interface Changed {
  volume: Volume
  deployment: Deployment | null
}

/**
 * Volumes: made and destroyed by explicit acts alone. Nothing of a sweeper's ever touches one; a
 * destroyed one waits in the trash for 7 days and then until it is purged by name (promise 5, B10).
 */
export function createVolumeService(deps: Deps) {
  const { apps, volumes, agent, clock, transact } = deps

  const findIn = (actor: Actor, app: AppRecord, name: string): VolumeRecord => {
    const found = volumes.listForApp(actor, app.id).find((volume) => volume.name === name)
    if (!found) throw new CodedError('VOLUME_NOT_FOUND', { name })
    return found
  }

  const findDestroyed = (actor: Actor, id: string): VolumeRecord => {
    const found = volumes.listDestroyed(actor).find((volume) => volume.id === id)
    if (!found) throw new CodedError('VOLUME_NOT_FOUND', { id })
    return found
  }

  /** Sizes are for show: an agent that is away or a slow disk keeps nobody from the list. */
  const sizesOf = (records: readonly VolumeRecord[]): Promise<ReadonlyMap<string, number>> =>
    records.length === 0
      ? Promise.resolve(new Map())
      : agent
          .measureVolumes(records.map(({ id }) => id))
          .catch((): ReadonlyMap<string, number> => new Map())

  /** Writes rows and audit event together, then asks for new instances where some run. */
  function change(
    actor: Actor,
    app: AppRecord,
    { action, next, description }: { action: string; next: VolumeRecord; description: string },
  ): Changed {
    const deployment = transact(() => {
      const others = volumes.listForApp(actor, app.id).filter(({ id }) => id !== next.id)
      if (next.destroyedAt === null) mustFit(next, others)
      if (next.exclusive) mustHaveOneInstance(app, next)
      volumes.save(actor, next)
      const details = { volume: next.name, mountPath: next.mountPath, exclusive: next.exclusive }
      deps.audit.append({ actor, action, target: app.name, details })
      if (app.liveReleaseId === null) return null
      const { number } = deps.deployments.request(actor, app, { trigger: 'restart', description })
      return deps.deployments.get(actor, app.name, number)
    })
    deps.events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
    return { volume: show(next, undefined), deployment }
  }

  /** Where the agent says no, nothing was removed: it stays in the trash as it was. */
  async function finishPurge(record: VolumeRecord): Promise<void> {
    try {
      await agent.removeVolume(record.appId, record.id)
    } catch (error) {
      if (error instanceof CodedError && REFUSED.includes(error.code))
        volumes.saveForPlatform({ ...record, purgingAt: null })
      throw error
    }
    volumes.removePurgedForPlatform(record.id)
  }

  return {
    async list(actor: Actor, appName: string): Promise<Volume[]> {
      const app = apps.find(actor, appName)
      const records = volumes.listForApp(actor, app.id)
      const sizes = await sizesOf(records)
      return records.map((record) => show(record, sizes.get(record.id)))
    },

    /** Throws VOLUME_NAME_TAKEN, VOLUME_PATH_TAKEN or VOLUME_EXCLUSIVE. Made at the next start. */
    create(actor: Actor, appName: string, wish: CreateVolume): Changed {
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const next = newVolume(app, wish, { id: deps.newId(), node: deps.node, at: clock.now() })
      const description = `volume ${wish.name}: at ${wish.mountPath}`
      return change(actor, app, { action: 'volume.create', next, description })
    },

    change(actor: Actor, appName: string, name: string, changes: ChangeVolume): Changed {
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const before = findIn(actor, app, name)
      const next: VolumeRecord = {
        ...before,
        mountPath: changes.mountPath ?? before.mountPath,
        processes: changes.processes === undefined ? before.processes : changes.processes,
        exclusive: changes.exclusive ?? before.exclusive,
      }
      const description = `volume ${name}: changed`
      return change(actor, app, { action: 'volume.change', next, description })
    },

    /** Into the trash; its data stays. Throws CONFIRMATION_WRONG unless its name is given once more. */
    destroy(actor: Actor, appName: string, name: string, confirm: string): Changed {
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'app.destroy', app.id)
      const before = findIn(actor, app, name)
      if (confirm !== name) throw new CodedError('CONFIRMATION_WRONG')
      const next = { ...before, destroyedAt: clock.now().toISOString() }
      const description = `volume ${name}: destroyed`
      return change(actor, app, { action: 'volume.destroy', next, description })
    },

    async listDestroyed(actor: Actor): Promise<DestroyedVolume[]> {
      const records = volumes.listDestroyed(actor)
      const sizes = await sizesOf(records)
      return records.flatMap((record) => {
        if (record.destroyedAt === null) return []
        return {
          id: record.id,
          app: record.appName,
          name: record.name,
          sizeBytes: sizes.get(record.id) ?? null,
          destroyedAt: record.destroyedAt,
          purgeableAt: purgeableAt(record.destroyedAt).toISOString(),
          isPurging: record.purgingAt !== null,
        }
      })
    },

    /** Back to its app, which must be there. */
    restore(actor: Actor, id: string): Changed {
      const record = findDestroyed(actor, id)
      if (record.purgingAt !== null) throw new CodedError('VOLUME_PURGING', { name: record.name })
      const app = apps.find(actor, record.appName)
      if (app.id !== record.appId) throw new CodedError('APP_NOT_FOUND', { name: record.appName })
      mustBeAble(actor, 'app.change', app.id)
      const next = { ...record, destroyedAt: null }
      const description = `volume ${record.name}: restored`
      return change(actor, app, { action: 'volume.restore', next, description })
    },

    /**
     * Removes the data for ever. Throws VOLUME_IN_TRASH before its 7 days are over, and
     * CONFIRMATION_WRONG unless its name is given once more. The wish is written down first (rule K3):
     * from then on nothing brings it back, and what breaks off is gone on with.
     */
    async purge(actor: Actor, id: string, confirm: string): Promise<void> {
      const record = findDestroyed(actor, id)
      mustBeAble(actor, 'app.destroy', record.appId)
      if (confirm !== record.name) throw new CodedError('CONFIRMATION_WRONG')
      const until = purgeableAt(record.destroyedAt ?? record.createdAt)
      if (clock.now() < until)
        throw new CodedError('VOLUME_IN_TRASH', { purgeableAt: until.toISOString() })
      if (record.purgingAt === null)
        transact(() => {
          volumes.save(actor, { ...record, purgingAt: clock.now().toISOString() })
          const details = { volume: record.name, id: record.id }
          deps.audit.append({ actor, action: 'volume.purge', target: record.appName, details })
        })
      deps.crashPoint('volume.purging')
      await finishPurge(record)
    },

    /** What broke off after somebody had asked for it; gives how many are gone now. */
    async finishPurges(): Promise<number> {
      const left = volumes.listPurgingForPlatform()
      const done = await Promise.allSettled(left.map(finishPurge))
      const failed = done.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
      return left.length
    },
  }
}
export type VolumeService = ReturnType<typeof createVolumeService>

const show = (record: VolumeRecord, sizeBytes: number | undefined): Volume => ({
  name: record.name,
  mountPath: record.mountPath,
  processes: record.processes,
  exclusive: record.exclusive,
  sizeBytes: sizeBytes ?? null,
  createdAt: record.createdAt,
})

const purgeableAt = (destroyedAt: string): Date => new Date(Date.parse(destroyedAt) + TRASH_MS)

function mustHaveOneInstance(app: AppRecord, { processes }: VolumeRecord): void {
  const many = Object.entries(app.scale).find(
    ([name, count]) => count > 1 && (processes === null || processes.includes(name)),
  )
  if (many)
    throw new CodedError('VOLUME_EXCLUSIVE', {
      reason: `${many[0]} has ${many[1]} instances; a process with an exclusive volume has one.`,
    })
}
