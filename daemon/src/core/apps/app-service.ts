import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import {
  type App,
  AppName,
  AppSettings,
  type ChangeAppSettings,
  type ChangedApp,
  type CreateApp,
  DEFAULT_APP_SETTINGS,
  type DestroyedApp,
  SETTINGS_OF_INSTANCES,
} from '@vastrox/shared/app.ts'
import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import { purgeableAt } from '@vastrox/shared/trash.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { appState } from '#core/apps/app-state.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { UNDER_WAY } from '#core/deployments/deployment.ts'
import type { MemoryLimit } from '#core/nodes/memory-limit.ts'
import { defaultMemoryOf, memoryOf } from '#core/processes/limits.ts'
import { plannedScale } from '#core/processes/scale.ts'
import { type Addresses, gitSshUrl, gitUrl } from '#core/domains/app-urls.ts'
import type { UrlsOfApps } from '#core/domains/urls-of.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  finder: AppFinder
  apps: AppStore
  releases: ReleaseStore
  deployments: DeploymentStore
  instances: InstanceStore
  /** True for an instance that the engine was last seen not to run. */
  isDown: (instanceName: string) => boolean
  /** Takes the routes of an app in the trash away, then drains and stops what runs of it. */
  retireApp: (appId: string) => Promise<void>
  onProblem: (what: string, error: unknown) => void
  addresses: Addresses
  urlsOfApps: UrlsOfApps
  memoryLimit: MemoryLimit
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
}

/** What is read at once for all the apps that are described. */
interface Known {
  urls: ReturnType<UrlsOfApps>
  instances: ReturnType<InstanceStore['listStatesForPlatform']>
  newest: ReturnType<DeploymentStore['listNewestForPlatform']>
  /** Of live releases. */
  numbers: ReturnType<ReleaseStore['listNumbersForPlatform']>
  /** Apps of which a deployment waits or is under way. */
  deploying: ReadonlySet<string>
}

/** Requests under way may be drained for longer: destroying does not wait for that. */
const RETIRE_WAIT_MS = 3_000
/** What an app is taken to have before its first release. */
const ONE_PROCESS = { processes: { web: '' }, config: NO_APP_CONFIG }

export function createAppService(deps: Deps) {
  const { finder, apps, releases, deployments, instances, audit, clock, transact } = deps

  /** One query of each kind, however many apps they are. */
  function knownOf(records: readonly AppRecord[]): Known {
    const ids = records.map(({ id }) => id)
    return {
      urls: deps.urlsOfApps(records.map(({ name }) => name)),
      instances: instances.listStatesForPlatform(ids),
      newest: deployments.listNewestForPlatform(ids),
      numbers: releases.listNumbersForPlatform(
        records.flatMap(({ liveReleaseId }) => liveReleaseId ?? []),
      ),
      deploying: new Set(
        deployments.listInStatesForPlatform(['queued', ...UNDER_WAY]).map(({ appId }) => appId),
      ),
    }
  }

  function describe(app: AppRecord, known: Known): App {
    const live = app.liveReleaseId === null ? undefined : known.numbers.get(app.liveReleaseId)
    const rows = known.instances.get(app.id) ?? []
    const wanted = rows.filter(({ state }) => state === 'live' || state === 'crashed')
    const running = wanted.filter(({ state, name }) => state === 'live' && !deps.isDown(name))
    return {
      id: app.id,
      name: app.name,
      stack: app.stack,
      state: appState({
        wanted: app.wanted,
        hasRelease: live !== undefined,
        isDeploying: known.deploying.has(app.id),
        isAsleep: rows.some(({ state }) => state === 'asleep'),
        instances: wanted.length,
        running: running.length,
      }),
      urls: known.urls.get(app.name) ?? [],
      gitUrl: gitUrl(app.name, deps.addresses),
      gitSshUrl: gitSshUrl(app.name, deps.addresses),
      liveRelease: live ?? null,
      lastDeployment: known.newest.get(app.id) ?? null,
      settings: app.settings,
      createdAt: app.createdAt,
    }
  }

  function mustFit(actor: Actor, app: AppRecord, settings: AppSettings): void {
    const live =
      app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)
    const asked = deployments
      .listInStatesForPlatform(['queued', ...UNDER_WAY])
      .filter(({ appId }) => appId === app.id)
      .map(({ scale }) => scale)
    const bytes = (of: AppRecord, scale: Record<string, number>): number =>
      memoryOf(of, scale, live ?? ONE_PROCESS)
    deps.memoryLimit.mustFit(actor, {
      beforeBytes: bytes(app, app.scale),
      afterBytes: bytes({ ...app, settings }, plannedScale(app.scale, asked)),
    })
  }

  const describeAll = (records: readonly AppRecord[]): App[] => {
    const known = knownOf(records)
    return records.map((app) => describe(app, known))
  }
  const get = (actor: Actor, name: string): App => {
    const app = finder.find(actor, name)
    return describe(app, knownOf([app]))
  }
  const emit = (app: AppRecord, type: 'app.created' | 'app.changed' | 'app.destroyed'): void =>
    deps.events.emit({ teamId: app.teamId, type, app: app.name, subject: null })

  return {
    find: finder.find,
    get,

    /** By name. */
    list: (actor: Actor): App[] => describeAll(apps.list(actor)),

    /** The cursor is the last name of the page before. */
    listPage(actor: Actor, { cursor, limit }: PageQuery): Page<App> {
      const rest = apps.listPage(actor, cursor, limit + 1)
      const last = rest.length > limit ? rest[limit - 1] : undefined
      return {
        items: describeAll(rest.slice(0, limit)),
        nextCursor: last?.name ?? null,
      }
    },

    /** Claims a name. Nothing is built until the first push. */
    create(actor: Actor, { name }: CreateApp): AppRecord {
      mustBeAble(actor, 'app.create')
      if (actor.appIds !== null)
        throw new CodedError('PERMISSION_DENIED', {
          permission: 'app.create',
          reason: `${actor.name} is limited to certain apps and cannot create others.`,
        })
      checkName(name)
      const app: AppRecord = {
        id: deps.newId(),
        teamId: actor.teamId,
        name,
        stack: null,
        settings: {
          ...DEFAULT_APP_SETTINGS,
          memoryBytes: defaultMemoryOf(deps.memoryLimit.nodeBytes()),
        },
        scale: {},
        processLimits: {},
        wanted: true,
        liveReleaseId: null,
        createdAt: clock.now().toISOString(),
        destroyedAt: null,
      }
      transact(() => {
        if (apps.isNameTakenForPlatform(name)) throw new CodedError('APP_NAME_TAKEN', { name })
        apps.insert(app)
        audit.append({ actor, action: 'app.create', target: name })
      })
      emit(app, 'app.created')
      return app
    },

    /**
     * Names the changed settings that running instances get with the next deployment only. Throws
     * NODE_MEMORY_EXCEEDED when its instances would not fit the node.
     */
    changeSettings(actor: Actor, name: string, changes: ChangeAppSettings): ChangedApp {
      const app = finder.find(actor, name)
      mustBeAble(actor, 'app.change', app.id)
      const settings = AppSettings.parse({
        ...app.settings,
        ...changes,
        build: { ...app.settings.build, ...changes.build },
      })
      const isChanged = (key: keyof AppSettings): boolean =>
        JSON.stringify(settings[key]) !== JSON.stringify(app.settings[key])
      const changed = AppSettings.keyof().options.filter(isChanged)
      if (isChanged('memoryBytes')) mustFit(actor, app, settings)
      if (changed.length > 0) {
        transact(() => {
          apps.saveSettings(actor, app.id, settings)
          audit.append({
            actor,
            action: 'app.change',
            target: name,
            details: Object.fromEntries(changed.map((key) => [key, settings[key]])),
          })
        })
        emit(app, 'app.changed')
      }
      return {
        ...get(actor, name),
        needsRedeploy: app.liveReleaseId === null ? [] : SETTINGS_OF_INSTANCES.filter(isChanged),
      }
    },

    /**
     * Into the trash, until it is purged by its name: its name is free, its routes go and its instances stop, everything
     * else of it stays. Throws CONFIRMATION_WRONG unless the name is given once more.
     */
    async destroy(actor: Actor, name: string, confirm: string): Promise<void> {
      const app = finder.find(actor, name)
      mustBeAble(actor, 'app.destroy', app.id)
      if (confirm !== name) throw new CodedError('CONFIRMATION_WRONG')
      transact(() => {
        apps.markDestroyed(actor, app.id, clock.now().toISOString())
        audit.append({ actor, action: 'app.destroy', target: name, details: { id: app.id } })
      })
      emit(app, 'app.destroyed')
      const retired = deps.retireApp(app.id).catch((error: unknown) => {
        // The row says it is destroyed: the reconciler finishes what is left.
        deps.onProblem('a destroyed app could not be stopped', error)
      })
      await Promise.race([retired, clock.sleep(RETIRE_WAIT_MS)])
    },

    /** Newest first. */
    listTrash: (actor: Actor): DestroyedApp[] =>
      apps
        .listDestroyed(actor)
        .filter(({ id }) => mayDo(actor, 'app.destroy', id))
        .map(({ id, name, createdAt, destroyedAt }) => ({
          id,
          name,
          destroyedAt: destroyedAt ?? createdAt,
          purgeableAt: purgeableAt(destroyedAt ?? createdAt).toISOString(),
          isPurging: apps.isPurgingForPlatform(id),
        })),

    /** Takes the newest app of that name out of the trash. It stays stopped until it is started. */
    restore(actor: Actor, name: string): App {
      const app = apps.listDestroyed(actor).find((each) => each.name === name)
      if (!app) throw new CodedError('APP_NOT_IN_TRASH', { name })
      mustBeAble(actor, 'app.destroy', app.id)
      if (apps.isPurgingForPlatform(app.id)) throw new CodedError('APP_PURGING', { name })
      transact(() => {
        if (apps.isNameTakenForPlatform(name)) throw new CodedError('APP_NAME_TAKEN', { name })
        apps.markDestroyed(actor, app.id, null)
        apps.saveWantedForPlatform(app.id, app.liveReleaseId === null)
        audit.append({ actor, action: 'app.restore', target: name, details: { id: app.id } })
      })
      emit(app, 'app.created')
      return get(actor, name)
    },
  }
}
export type AppService = ReturnType<typeof createAppService>

function checkName(name: string): void {
  const checked = AppName.safeParse(name)
  if (checked.success) return
  const [issue] = checked.error.issues
  throw new CodedError('APP_NAME_INVALID', {
    name: name.slice(0, 100),
    ...(issue === undefined ? {} : { reason: issue.message }),
  })
}
