import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  Deployment,
  DeploymentLogLine,
  DeploymentTrigger,
  RollBack,
} from '@vastrox/shared/deployment.ts'
import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ImageSource } from '@vastrox/shared/image-source.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { Commit } from '@vastrox/shared/release.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { isCancellable, isDecided, UNDER_WAY } from '#core/deployments/deployment.ts'
import type { DeploymentLogs } from '#core/deployments/deployment-log.ts'
import type { DeploymentStates } from '#core/deployments/deployment-states.ts'
import { showDeployment } from '#core/deployments/deployment-view.ts'
import { rollBackTo } from '#core/deployments/roll-back.ts'
import type { MemoryLimit } from '#core/nodes/memory-limit.ts'
import { memoryOf } from '#core/processes/limits.ts'
import { plannedScale } from '#core/processes/scale.ts'
import type { StopApp } from '#core/processes/stop-app.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord, DeploymentStore } from '#store/deployment-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

/** Who runs deployments: jobs/deployment-queue.ts. */
export interface DeploymentQueue {
  /** Look again: there is something to do. */
  wake(): void
  /** Ends one that is being run; false where it is not. */
  cancel(id: string): boolean
  isRunning(id: string): boolean
}

interface Deps {
  volumes: AppVolumes
  apps: AppStore
  deployments: DeploymentStore
  releases: ReleaseStore
  builds: BuildStore
  states: DeploymentStates
  logs: DeploymentLogs
  stopApp: StopApp
  queue: DeploymentQueue
  memoryLimit: MemoryLimit
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

export interface PushRequest {
  actor: Actor
  app: AppRecord
  commit: Commit
  /** The branch that moves with the switch; null where the commit is kept elsewhere. */
  ref: string | null
  /** What the ref pointed to when the client looked; undefined where there was none. */
  oldSha: string | undefined
  sourceId: string
  noCache: boolean
  /** Lines at the head of its log. */
  notes?: readonly string[]
}

export interface ImageRequest {
  actor: Actor
  app: AppRecord
  image: ImageSource
  description: string
}

export interface UploadRequest {
  actor: Actor
  app: AppRecord
  sourceId: string
  description: string
}

export interface DeploymentRequest {
  trigger: Exclude<DeploymentTrigger, 'push' | 'upload' | 'image'>
  /** The release whose image is taken; without one the live one. */
  releaseId?: string
  /** True: with the frozen env of that release. */
  baseEnv?: boolean
  /** Build this source again. */
  sourceId?: string
  scale?: Record<string, number>
  noCache?: boolean
  description: string
}

/** Longer than a build takes to be killed and instances to be stopped. */
const ENDS_WITHIN_MS = 30_000

const NO_RELEASE = { processes: {}, config: NO_APP_CONFIG }

const NAMES: Partial<Record<DeploymentTrigger, string>> = {
  push: 'push',
  upload: 'upload',
  image: 'image',
  env: 'change of env',
  restart: 'restart',
}

/** The use cases of deployments. What runs them is the queue. */
export function createDeploymentService(deps: Deps) {
  const { apps, deployments, releases, builds, states, logs, queue, clock, transact } = deps

  const show = (record: DeploymentRecord): Deployment => showDeployment(deps, record)

  function findApp(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  /** Pushing is one thing, running or not running another: a deploy token may not (permissions.ts). */
  function findToRun(actor: Actor, name: string): AppRecord {
    const app = findApp(actor, name)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  function findToDeploy(actor: Actor, name: string): AppRecord {
    const app = findApp(actor, name)
    mustBeAble(actor, 'app.deploy', app.id)
    return app
  }

  function find(actor: Actor, appName: string, number: number): DeploymentRecord {
    const found = deployments.findByNumber(actor, findApp(actor, appName).id, number)
    if (!found) throw new CodedError('DEPLOYMENT_NOT_FOUND', { app: appName, number })
    return found
  }

  function mustBeDeployed(app: AppRecord): string {
    if (app.liveReleaseId === null) throw new CodedError('APP_NOT_DEPLOYED', { app: app.name })
    return app.liveReleaseId
  }

  /** The row, in state queued. From here on it is never lost. */
  function enqueue(
    actor: Actor,
    app: AppRecord,
    wish: Partial<DeploymentRecord> & Pick<DeploymentRecord, 'trigger' | 'description'>,
  ): DeploymentRecord {
    const at = clock.now().toISOString()
    const outdated = outdatedBy(app, wish.trigger)
    const queued = transact(() => {
      const record: DeploymentRecord = {
        id: deps.newId(),
        teamId: actor.teamId,
        appId: app.id,
        number: apps.takeDeploymentNumberForPlatform(app.id),
        state: 'queued',
        actor: actor.name,
        actorId: actor.id,
        commit: null,
        ref: null,
        oldSha: null,
        sourceId: null,
        image: null,
        noCache: false,
        scale: null,
        baseReleaseId: null,
        baseEnv: false,
        releaseId: null,
        previousReleaseId: null,
        switchedAt: null,
        reason: null,
        hint: null,
        cancelRequested: false,
        phases: [{ state: 'queued', at }],
        createdAt: at,
        changedAt: at,
        ...wish,
      }
      deployments.insert(actor, record)
      const { number, trigger, description } = record
      const details = { number, trigger, description }
      deps.audit.append({ actor, action: 'deployment.request', target: app.name, details })
      return record
    })
    for (const old of outdated) {
      const reason = `a newer ${NAMES[wish.trigger] ?? wish.trigger} took its place (deployment ${queued.number})`
      logs.open(old).done(reason)
      states.move(old.id, 'superseded', { reason })
    }
    states.tell(queued)
    queue.wake()
    return queued
  }

  /** Of pushes, env changes and restarts that wait, the newest does what the others would have done. */
  const outdatedBy = (app: AppRecord, trigger: DeploymentTrigger): DeploymentRecord[] =>
    Object.hasOwn(NAMES, trigger)
      ? deployments
          .listInStatesForPlatform(['queued'])
          .filter((one) => one.appId === app.id && one.trigger === trigger)
          .filter(({ id }) => !queue.isRunning(id))
      : []

  function request(actor: Actor, app: AppRecord, wish: DeploymentRequest): DeploymentRecord {
    mustBeDeployed(app)
    const { trigger, description } = wish
    return enqueue(actor, app, {
      trigger,
      description,
      scale: wish.scale ?? null,
      noCache: wish.noCache ?? false,
      sourceId: wish.sourceId ?? null,
      baseReleaseId: wish.releaseId ?? null,
      baseEnv: wish.baseEnv ?? false,
    })
  }

  return {
    /** The source tar is durable already. Older pushes of the app that still wait are superseded. */
    requestPush({
      actor,
      app,
      commit,
      ref,
      oldSha,
      sourceId,
      noCache,
      notes = [],
    }: PushRequest): DeploymentRecord {
      mustBeAble(actor, 'app.deploy', app.id)
      const queued = enqueue(actor, app, {
        trigger: 'push',
        commit,
        ref,
        oldSha: oldSha ?? null,
        sourceId,
        noCache,
        description: `push of ${commit.branch}: ${commit.subject}`,
      })
      const log = logs.open(queued)
      for (const note of notes) log.line(note)
      return queued
    },

    /** An image, taken as it is; whoever calls it has checked its name. */
    requestImage: ({ actor, app, image, description }: ImageRequest): DeploymentRecord => {
      mustBeAble(actor, 'app.deploy', app.id)
      return enqueue(actor, app, { trigger: 'image', image, description })
    },

    /** What was uploaded; the source tar is durable already. It moves no branch. */
    requestUpload: ({ actor, app, sourceId, description }: UploadRequest): DeploymentRecord => {
      mustBeAble(actor, 'app.deploy', app.id)
      return enqueue(actor, app, { trigger: 'upload', sourceId, description })
    },

    /** Throws APP_NOT_DEPLOYED before the first release. */
    request,

    /** Whether anything of the app waits or is on its way. */
    isUnderWay: (appId: string): boolean =>
      deployments
        .listInStatesForPlatform(['queued', ...UNDER_WAY])
        .some((one) => one.appId === appId),

    list(actor: Actor, appName: string, { cursor, limit }: PageQuery): Page<Deployment> {
      const app = findApp(actor, appName)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
      if (!Number.isSafeInteger(before)) throw new CodedError('REQUEST_INVALID', { cursor })
      const rows = deployments.listPage(actor, app.id, before, limit + 1)
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        items: rows.slice(0, limit).map(show),
        nextCursor: last === undefined ? null : String(last.number),
      }
    },

    get: (actor: Actor, appName: string, number: number): Deployment =>
      show(find(actor, appName, number)),

    /** Before the switch only; what has been started is removed. */
    cancel(actor: Actor, appName: string, number: number): Deployment {
      const record = find(actor, appName, number)
      mustBeAble(actor, 'app.deploy', record.appId)
      if (!isCancellable(record.state))
        throw new CodedError('DEPLOYMENT_NOT_CANCELLABLE', { state: record.state })
      const reason = `cancelled by ${actor.name}`
      states.note(record.id, () => {
        const details = { number }
        deps.audit.append({ actor, action: 'deployment.cancel', target: appName, details })
        return { cancelRequested: true, reason }
      })
      cancelNow(record.id, reason)
      return show(states.get(record.id))
    },

    readLog(actor: Actor, appName: string, number: number, afterSeq: number): DeploymentLogLine[] {
      return logs.read(find(actor, appName, number).id, afterSeq, 5_000)
    },

    /** Kept lines first, then live ones; whoever calls it has checked who is asking. */
    follow: (
      deploymentId: string,
      afterSeq: number,
      listener: (line: DeploymentLogLine) => void,
    ): (() => void) => logs.follow(deploymentId, afterSeq, listener),

    /** Resolves once the deployment serves, or never will. */
    async untilSwitched(deploymentId: string): Promise<Deployment> {
      return show(await states.until(deploymentId, ({ state }) => isDecided(state)))
    },

    rollBack(actor: Actor, appName: string, releaseNumber: number, how: RollBack): Deployment {
      const app = findToDeploy(actor, appName)
      const wish = rollBackTo(deps, actor, app, releaseNumber, how)
      return show(request(actor, app, { trigger: 'roll-back', ...wish }))
    },

    /** New instances of the live release, checked before they replace the old ones. */
    restart(actor: Actor, appName: string): Deployment {
      const app = findToRun(actor, appName)
      return show(request(actor, app, { trigger: 'restart', description: 'restart' }))
    },

    /** The live release's source is built once more, with the env of now. */
    redeploy(actor: Actor, appName: string, { noCache }: { noCache: boolean }): Deployment {
      const app = findToDeploy(actor, appName)
      const live = releases.findForPlatform(mustBeDeployed(app))
      const build = live && builds.findForPlatform(live.buildId)
      if (!build) throw new CodedError('APP_NOT_DEPLOYED', { app: appName })
      return show(
        enqueue(actor, app, {
          trigger: 'redeploy',
          description: 'deployed again',
          commit: build.commit,
          sourceId: build.sourceId,
          image: build.image && { reference: build.image.reference, digest: null },
          noCache,
        }),
      )
    },

    /**
     * Throws PROCESS_NOT_FOUND for a process that the live release has not, NODE_MEMORY_EXCEEDED for
     * more than the node can hold.
     */
    scale(actor: Actor, appName: string, scale: Record<string, number>): Deployment {
      const app = findToRun(actor, appName)
      const live = releases.findForPlatform(mustBeDeployed(app))
      const unknown = Object.keys(scale).find((name) => !Object.hasOwn(live?.processes ?? {}, name))
      if (unknown !== undefined) throw new CodedError('PROCESS_NOT_FOUND', { process: unknown })
      const many = Object.entries(scale).find(
        ([name, count]) => count > 1 && deps.volumes.isExclusive(app.id, name),
      )
      if (many)
        throw new CodedError('VOLUME_EXCLUSIVE', {
          reason: `${many[0]} has an exclusive volume, so that it runs once.`,
        })
      const bytes = (wanted: Record<string, number>): number =>
        memoryOf(app, wanted, live ?? NO_RELEASE)
      deps.memoryLimit.mustFit(actor, {
        beforeBytes: bytes(app.scale),
        afterBytes: bytes({ ...plannedScale(app.scale, scalesAskedFor(app.id)), ...scale }),
      })
      const text = Object.entries(scale).map(([name, count]) => `${name}=${count}`)
      const description = `scale ${text.join(' ')}`
      return show(request(actor, app, { trigger: 'scale', scale, description }))
    },

    start(actor: Actor, appName: string): Deployment {
      const app = findToRun(actor, appName)
      return show(request(actor, app, { trigger: 'start', description: 'start' }))
    },

    /**
     * Resolves when visitors get the page "stopped"; the instances are drained after that. Throws
     * DEPLOYMENT_DOES_NOT_END, with the app running on, where one has switched and the proxy does not
     * take it.
     */
    async stop(actor: Actor, appName: string): Promise<void> {
      const app = findToRun(actor, appName)
      mustBeDeployed(app)
      deps.audit.append({ actor, action: 'app.stop', target: appName })
      await cancelAllOf(app.id, `cancelled: ${actor.name} stopped the app`)
      await deps.stopApp.stop(app.id)
    },

    /** Everything of the app's that runs goes, for an app that is destroyed: routes, instances, rows. */
    async takeDown(appId: string): Promise<void> {
      await cancelAllOf(appId, 'cancelled: the app was destroyed')
      await deps.stopApp.takeDown(appId)
    },
  }

  /** Of deployments that have not switched: what comes after them must fit beside what they bring. */
  function scalesAskedFor(appId: string): (Record<string, number> | null)[] {
    return deployments
      .listInStatesForPlatform(['queued', ...UNDER_WAY])
      .filter((record) => record.appId === appId)
      .map(({ scale }) => scale)
  }

  /** One that is being run ends by itself soon; one that waits ends here. */
  function cancelNow(id: string, reason: string): void {
    if (queue.cancel(id)) return
    const record = states.get(id)
    if (record.state !== 'queued') return
    logs.open(record).done(reason)
    states.move(id, 'cancelled', { reason })
  }

  async function cancelAllOf(appId: string, reason: string): Promise<void> {
    const open = deployments
      .listInStatesForPlatform([
        'queued',
        'building',
        'releasing',
        'starting',
        'checking',
        'switching',
      ])
      .filter((record) => record.appId === appId)
    for (const { id, state } of open) {
      if (!isCancellable(state)) continue
      states.note(id, () => ({ cancelRequested: true, reason }))
      cancelNow(id, reason)
    }
    await untilEnded(open.map(({ id }) => id))
  }

  /** What has switched already ends when the proxy has taken it, which may be never. */
  async function untilEnded(ids: readonly string[]): Promise<void> {
    const ended = new AbortController()
    const late = new AbortController()
    clock.sleep(ENDS_WITHIN_MS, ended.signal).then(
      () => late.abort(new CodedError('DEPLOYMENT_DOES_NOT_END')),
      () => {
        // They have ended in time.
      },
    )
    const until = (id: string) => states.until(id, ({ state }) => isDecided(state), late.signal)
    try {
      await Promise.all(ids.map(until))
    } finally {
      ended.abort()
    }
  }
}
export type DeploymentService = ReturnType<typeof createDeploymentService>
