import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  BasicAuthUserName,
  type ChangeRouteSettings,
  MAX_BASIC_AUTH_USERS,
  type RouteSettings,
  type ShownRouteSettings,
} from '@vastrox/shared/route-settings.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { mustNotLoop } from '#core/routing/redirect-loops.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import { hashWithScrypt } from '#lib/scrypt-hash.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RouteSettingsStore } from '#store/route-settings-store.ts'

interface Deps {
  apps: AppFinder
  releases: ReleaseStore
  instances: InstanceStore
  routeSettings: RouteSettingsStore
  routing: RoutingService
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
}

/** What the proxy does for an app's routes. A change is in force once every worker has taken it. */
export function createRouteSettingsService(deps: Deps) {
  const { apps, releases, instances, routeSettings, routing, audit, events, clock } = deps

  function shownOf(app: AppRecord): ShownRouteSettings {
    const settings = routeSettings.findForPlatform(app.id)
    const live = instances.listForAppForPlatform(app.id).filter(({ state }) => state === 'live')
    const routed = [...new Set(settings.paths.map(({ process }) => process))]
    return {
      ...settings,
      basicAuthUsers: routeSettings.listUsersForPlatform(app.id).map(({ name }) => name),
      hosts: routing.hostsOf(app),
      waitForRestart: routed.filter((name) =>
        live.some(({ process, port }) => process === name && port === null),
      ),
    }
  }

  /** Before the first release nobody knows the names. */
  function mustHaveProcesses(app: AppRecord, before: RouteSettings, after: RouteSettings): void {
    const live =
      app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)
    const known = new Set([
      ...Object.keys(live?.processes ?? {}),
      ...before.paths.map(({ process }) => process),
    ])
    for (const { process } of after.paths)
      if (live && !known.has(process)) throw new CodedError('PROCESS_NOT_FOUND', { process })
  }

  function mustDiffer({ paths }: RouteSettings): void {
    const prefixes = paths.map(({ prefix }) => prefix)
    const twice = prefixes.find((prefix, at) => prefixes.indexOf(prefix) !== at)
    if (twice !== undefined) throw new CodedError('ROUTE_PATH_TAKEN', { prefix: twice })
  }

  async function keep(
    actor: Actor,
    app: AppRecord,
    action: string,
    details: Record<string, unknown>,
    write: () => void,
  ): Promise<ShownRouteSettings> {
    await routing.publishChange(() => {
      write()
      routing.writeHosts(app)
      audit.append({ actor, action, target: app.name, details })
    })
    events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
    return shownOf(app)
  }

  const changeable = (actor: Actor, appName: string): AppRecord => {
    const app = apps.find(actor, appName)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  return {
    get: (actor: Actor, appName: string): ShownRouteSettings => shownOf(apps.find(actor, appName)),

    /** Throws ROUTE_PATH_TAKEN, ROUTE_REDIRECT_LOOP and PROCESS_NOT_FOUND; nothing is changed then. */
    async change(
      actor: Actor,
      appName: string,
      change: ChangeRouteSettings,
    ): Promise<ShownRouteSettings> {
      const app = changeable(actor, appName)
      const before = routeSettings.findForPlatform(app.id)
      const { maintenance, ...others } = change
      const after: RouteSettings = {
        ...before,
        ...defined(others),
        maintenance: { ...before.maintenance, ...defined(maintenance ?? {}) },
      }
      if (JSON.stringify(after) === JSON.stringify(before)) return shownOf(app)
      mustDiffer(after)
      mustHaveProcesses(app, before, after)
      if (change.redirects) mustNotLoop(after.redirects, routing.hostsOf(app))
      return keep(actor, app, 'routing.change', sayChange(before, after), () =>
        routeSettings.saveForPlatform(app.id, app.teamId, after, clock.now().toISOString()),
      )
    },

    /** From then on the app asks for a password; one that is there gets the new one. */
    async setUser(
      actor: Actor,
      appName: string,
      name: string,
      password: string,
    ): Promise<ShownRouteSettings> {
      const app = changeable(actor, appName)
      if (!BasicAuthUserName.safeParse(name).success)
        throw new CodedError('REQUEST_INVALID', { reason: 'A name has no colon.' })
      const others = routeSettings.listUsersForPlatform(app.id).filter((user) => user.name !== name)
      if (others.length >= MAX_BASIC_AUTH_USERS) throw new CodedError('BASIC_AUTH_USERS_TOO_MANY')
      const hash = await hashWithScrypt(password)
      return keep(actor, app, 'basic-auth.set', { user: name }, () =>
        routeSettings.saveUserForPlatform(
          app.id,
          app.teamId,
          { name, hash },
          clock.now().toISOString(),
        ),
      )
    },

    /** With the last one the app is open again. Throws BASIC_AUTH_USER_NOT_FOUND. */
    async removeUser(actor: Actor, appName: string, name: string): Promise<ShownRouteSettings> {
      const app = changeable(actor, appName)
      return keep(actor, app, 'basic-auth.remove', { user: name }, () => {
        if (!routeSettings.removeUserForPlatform(app.id, name))
          throw new CodedError('BASIC_AUTH_USER_NOT_FOUND', { name })
      })
    },
  }
}
export type RouteSettingsService = ReturnType<typeof createRouteSettingsService>

/** What is undefined was not said. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> }
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))
}

/** For the audit log: what has changed, long texts by their length. */
function sayChange(before: RouteSettings, after: RouteSettings): Record<string, unknown> {
  const said = Object.entries(after).filter(
    ([key, value]) =>
      JSON.stringify(value) !==
      JSON.stringify(Object.entries(before).find(([k]) => k === key)?.[1]),
  )
  return Object.fromEntries(
    said.map(([key, value]) => [
      key,
      key === 'maintenance'
        ? { ...after.maintenance, html: sayLength(after.maintenance.html) }
        : value,
    ]),
  )
}

const sayLength = (html: string | null): string | null =>
  html === null ? null : `${html.length} characters`
