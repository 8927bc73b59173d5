import { ownOf } from '@vastrox/shared/own-of.ts'
import type { NewId } from '#ports/ids.ts'
import type { UptimeLook } from '#ports/uptime-probe.ts'
import type { Clock } from '#ports/clock.ts'
import { scaleOf } from '#core/processes/scale.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RouteSettingsStore } from '#store/route-settings-store.ts'
import type { RouteStore } from '#store/route-store.ts'
import type { CheckedApp, UptimeRecord, UptimeStore } from '#store/uptime-store.ts'

interface Deps {
  checks: Pick<
    UptimeStore,
    'listAppsWithoutForPlatform' | 'listOfAppsForPlatform' | 'saveForPlatform'
  >
  apps: Pick<AppStore, 'findByIdForPlatform'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
  instances: Pick<InstanceStore, 'listForAppForPlatform'>
  deployments: Pick<DeploymentStore, 'listInStatesForPlatform'>
  routes: Pick<RouteStore, 'listForAppForPlatform'>
  routeSettings: Pick<RouteSettingsStore, 'findForPlatform' | 'listUsersForPlatform'>
  /** Where visitors reach it, best address first. */
  urlsOf: (appName: string) => readonly string[]
  /** True for an instance that the engine does not run. */
  isDown: (instance: string) => boolean
  clock: Clock
  newId: NewId
}

export interface ShownCheck {
  /** Of the app's own check the app, as people call it now. */
  name: string
  /** What is looked at; of an app's own check the path. */
  target: string
}

/** What a check comes to: a look, why there is none, or what is known without one. */
export type Plan = { look: UptimeLook } | { pausedFor: string } | { down: string }

const EVERY_MS = 60_000
const TIMEOUT_MS = 10_000
const SLOW_MS = 5_000
const NOT_PUBLIC = [401, 403]

/** Each app has a check of its address, from its first day; what it looks at follows the app. */
export function createOwnChecks(deps: Deps) {
  const { checks, apps, instances, routeSettings, clock } = deps

  /** `/` answers below 500 for an app that is well, as its deployments judge it (rule D1). */
  function pathOf(appId: string): { path: string; status?: string } {
    const path = checks.listOfAppsForPlatform([appId]).get(appId)?.healthPath ?? null
    return path === null ? { path: '/', status: '200-499' } : { path }
  }

  /** One read for all of them, by the id of the check. */
  function shownOf(records: readonly UptimeRecord[]): ReadonlyMap<string, ShownCheck> {
    const known = checks.listOfAppsForPlatform(records.flatMap(({ appId }) => appId ?? []))
    return new Map(records.map((record) => [record.id, shown(record, known)]))
  }

  /** Why nobody looks; undefined where somebody does. */
  function pausedFor(appId: string): string | undefined {
    const app = apps.findByIdForPlatform(appId)
    if (!app || app.destroyedAt !== null) return 'The app is in the trash.'
    const release = app.liveReleaseId ? deps.releases.findForPlatform(app.liveReleaseId) : undefined
    if (!release) return 'The app was not deployed yet.'
    if (!app.wanted) return 'The app is stopped.'
    if ((ownOf(scaleOf(app.scale, release.processes), 'web') ?? 0) === 0)
      return 'No web process is wanted of the app.'
    if (instances.listForAppForPlatform(appId).some(({ state }) => state === 'asleep'))
      return 'The app sleeps: nobody visits it.'
    if (routeSettings.findForPlatform(appId).maintenance.on) return 'The app is in maintenance.'
    return undefined
  }

  return {
    /** Apps that are new get theirs. True where there was one. */
    makeMissing(): boolean {
      const missing = checks.listAppsWithoutForPlatform()
      for (const { id, teamId, name } of missing)
        checks.saveForPlatform({
          id: deps.newId(),
          teamId,
          appId: id,
          name,
          kind: 'http',
          target: null,
          method: 'GET',
          everyMs: EVERY_MS,
          timeoutMs: TIMEOUT_MS,
          expect: { slowMs: SLOW_MS },
          followRedirects: false,
          isOn: true,
          state: 'waiting',
          since: null,
          reason: null,
          createdAt: clock.now().toISOString(),
        })
      return missing.length > 0
    },

    /** How checks are shown, by their ids; one read for all of them. */
    shownOf,

    /** How one check is shown. */
    shown: (record: UptimeRecord): ShownCheck =>
      shown(record, checks.listOfAppsForPlatform(record.appId === null ? [] : [record.appId])),

    planOf(record: UptimeRecord): Plan {
      const { appId, kind, method, expect, followRedirects } = record
      if (!record.isOn) return { pausedFor: 'It is switched off.' }
      if (appId === null)
        return {
          look: { kind, target: record.target ?? '', method, expect, followRedirects },
        }
      const paused = pausedFor(appId)
      if (paused !== undefined) return { pausedFor: paused }
      const app = apps.findByIdForPlatform(appId)
      const own = record.target === null ? pathOf(appId) : { path: record.target }
      const alsoUp = protectedBy(appId)
      // A password that the proxy asks for says nothing of the app behind it: the engine does.
      const live = instances
        .listForAppForPlatform(appId)
        .filter(({ process, state }) => process === 'web' && state === 'live')
      if (alsoUp.length > 0 && live.every(({ name }) => deps.isDown(name)))
        return { down: 'No instance of its web process runs.' }
      return {
        look: {
          kind: 'http',
          target: new URL(own.path, deps.urlsOf(app?.name ?? '')[0]).href,
          method,
          expect:
            own.status === undefined || expect.status ? expect : { ...expect, status: own.status },
          followRedirects,
          throughProxy: { alsoUp },
        },
      }
    },

    /** Visitors may be kept waiting, as was wanted: a deployment switches, or its release command runs. */
    isSwitching: ({ appId }: UptimeRecord): boolean =>
      appId !== null &&
      (deps.routes.listForAppForPlatform(appId).some(({ state }) => state === 'held') ||
        deps.deployments
          .listInStatesForPlatform(['switching'])
          .some((deployment) => deployment.appId === appId)),
  }

  /** What the proxy answers by itself for an app that is well. */
  function protectedBy(appId: string): number[] {
    const { allow, deny } = routeSettings.findForPlatform(appId)
    const asksPassword = routeSettings.listUsersForPlatform(appId).length > 0
    return NOT_PUBLIC.filter((status) =>
      status === 401 ? asksPassword : allow.length + deny.length > 0,
    )
  }
}
export type OwnChecks = ReturnType<typeof createOwnChecks>

function shown(
  { appId, name, target }: UptimeRecord,
  known: ReadonlyMap<string, CheckedApp>,
): ShownCheck {
  const app = appId === null ? undefined : known.get(appId)
  return {
    name: app?.name ?? name,
    target: target ?? (appId === null ? '' : (app?.healthPath ?? '/')),
  }
}
