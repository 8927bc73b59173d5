import type { FormerDomain } from '@vastrox/shared/base-domain.ts'
import { type RuleFacts, routeRulesOf } from '#core/routing/route-rules.ts'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import type { NewId } from '#ports/ids.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { Route, RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { MetaStore } from '#store/meta-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RouteRecord, RouteRecordState, RouteStore } from '#store/route-store.ts'
import type { RouteSettingsStore } from '#store/route-settings-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  instances: InstanceStore
  routes: RouteStore
  routeSettings: RouteSettingsStore
  meta: MetaStore
  proxy: Proxy
  /** Raw ports lead to the same instances, by the node and not by the proxy. */
  ports: { publish(): Promise<void> }
  certificates: () => RoutingSnapshot['certificates']
  /** Whether the host has a certificate that browsers trust by themselves. */
  isTrusted: (host: string) => boolean
  challenges: () => RoutingSnapshot['challenges']
  alpnChallenges: () => NonNullable<RoutingSnapshot['alpnChallenges']>
  settings: () => RoutingSnapshot['settings']
  /** Base domains from before whose names still answer. */
  former?: () => readonly Pick<FormerDomain, 'name' | 'sendsOn'>[]
  /** Workers of the proxy: each enforces its share of a limit. */
  proxyWorkers: number
  newId: NewId
  transact: Transact
}

const PUBLISH_TIMEOUT_MS = 5_000
/** The process that gets an app's hosts, but for the paths that another one has. */
const ROUTED = 'web'

/** Keeps the rows of routes, and the proxy's snapshot as their mirror: whole, numbered, never merged. */
export function createRoutingService(deps: Deps) {
  const { apps, releases, instances, routes, routeSettings, meta, proxy, newId, transact } = deps
  /** Snapshots are sent one after the other, so that a worker never sees an older one last. */
  let sending: Promise<unknown> = Promise.resolve()

  const former = deps.former ?? ((): [] => [])

  /**
   * A name that another app has claimed is that app's, whatever the platform is called. Where the
   * dashboard is, or was, is no app's: cookies know no ports, and it would be given the dashboard's.
   */
  const hostsOf = (app: AppRecord): string[] => {
    const domains = routes.listDomainsForPlatform(app.id)
    const bases = [deps.settings().baseDomain, ...former().map(({ name }) => name)]
    const own = bases
      .map((base) => `${app.name}.${base}`)
      .filter((host) => !routes.isClaimedByOtherForPlatform(host, app.id))
    const hosts = [...own.slice(0, 1), ...domains, ...own.slice(1)]
    return [...new Set(hosts)].filter((host) => !bases.includes(host))
  }

  /**
   * Where visitors of a name from before are sent: to no name that the app does not have, and not before
   * the new one has a certificate as good as the old one's.
   */
  function sentOnTo(
    host: string,
    appName: string,
    has: (host: string) => boolean,
  ): string | undefined {
    const from = former().find(({ name }) => host === `${appName}.${name}`)
    if (!from?.sendsOn) return undefined
    const to = `${appName}.${deps.settings().baseDomain}`
    return has(to) && (deps.isTrusted(to) || !deps.isTrusted(host)) ? to : undefined
  }

  function snapshot(): RoutingSnapshot {
    const live = Map.groupBy(
      instances.listForPlatform().filter(isRouted),
      (instance) => instance.appId,
    )
    const appOf = memo((id) => apps.findByIdForPlatform(id))
    const numberOf = memo((id) => releases.findForPlatform(id)?.number ?? 0)

    const settingsOf = memo((id) => routeSettings.findForPlatform(id))
    const usersOf = memo((id) => routeSettings.listUsersForPlatform(id))
    const certificates = deps.certificates()
    const redirects = routes.listRedirectsForPlatform()
    const records = routes.listForPlatform()
    const appAt = new Map(records.map(({ host, appId }) => [host, appId]))

    const routeOf = (record: RouteRecord): Route => {
      const name = appOf(record.appId)?.name ?? record.appId
      const settings = settingsOf(record.appId)
      const serving = (live.get(record.appId) ?? []).filter(
        ({ process }) => process === record.process,
      )
      const path = settings.paths.find(({ prefix }) => prefix === record.pathPrefix)
      const facts: RuleFacts = {
        app: name,
        users: usersOf(record.appId),
        strip: path?.strip ?? false,
        workers: deps.proxyWorkers,
        redirectHost: redirects.get(record.host),
        visitorsTo: redirects.has(record.host)
          ? undefined
          : sentOnTo(record.host, name, (host) => appAt.get(host) === record.appId),
      }
      const rules = routeRulesOf(settings, facts)
      return {
        id: record.id,
        app: name,
        host: record.host,
        pathPrefix: record.pathPrefix,
        state: stateOf(record, serving),
        redirectToHttps:
          settings.httpsRedirect === 'always' ||
          (settings.httpsRedirect === 'auto' && deps.isTrusted(record.host)),
        instances: serving.map(({ name: instance, host, port, releaseId }) => ({
          name: instance,
          host: host ?? '',
          port: port ?? 0,
          release: numberOf(releaseId),
        })),
        maxBodyBytes: settings.maxBodyBytes,
        ...(rules === undefined ? {} : { rules }),
        accessLog: accessLogOf(record.appId, appOf(record.appId)),
        ...sleepOf(appOf(record.appId)),
      }
    }

    const alpnChallenges = deps.alpnChallenges()
    return {
      generation: meta.readCounterForPlatform('routing_generation'),
      routes: records.map(routeOf),
      certificates,
      challenges: deps.challenges(),
      ...(alpnChallenges.length === 0 ? {} : { alpnChallenges }),
      settings: deps.settings(),
    }
  }

  /** Resolves once every live worker, and the node, have what the rows say now, or something newer. */
  function publish(): Promise<void> {
    const sent = sending.then(async () => {
      await Promise.all([proxy.publish(snapshot(), PUBLISH_TIMEOUT_MS), deps.ports.publish()])
    })
    sending = sent.catch(() => {
      // The caller learns it; the next one is sent all the same.
    })
    return sent
  }

  function writeRoutes(app: AppRecord, state: RouteRecordState): void {
    const { paths } = routeSettings.findForPlatform(app.id)
    const wanted = hostsOf(app).flatMap((host) => [
      { host, pathPrefix: '/', process: ROUTED },
      ...paths.map(({ prefix, process }) => ({ host, pathPrefix: prefix, process })),
    ])
    const placeOf = ({ host, pathPrefix }: { host: string; pathPrefix: string }): string =>
      `${host} ${pathPrefix}`
    const places = new Set(wanted.map(placeOf))
    const kept = new Map(
      routes.listForAppForPlatform(app.id).map((route) => [placeOf(route), route]),
    )
    for (const [place, route] of kept) if (!places.has(place)) routes.removeForPlatform(route.id)
    for (const route of wanted)
      routes.saveForPlatform({
        id: kept.get(placeOf(route))?.id ?? newId(),
        teamId: app.teamId,
        appId: app.id,
        ...route,
        state,
      })
    meta.raiseCounterForPlatform('routing_generation')
  }

  return {
    hostsOf,
    snapshot,
    publish,

    /** Writes the routes of the app and a new generation; called inside the caller's transaction. */
    writeRoutes,

    /**
     * Its hosts or paths have changed: they get the state that the others have. Of an app that has no
     * route yet its first deployment makes them.
     */
    writeHosts(app: AppRecord): void {
      const state = routes.listForAppForPlatform(app.id)[0]?.state
      if (state !== undefined) writeRoutes(app, state)
    },

    /** Whether visitors get to instances of this process. */
    isRouted: (appId: string, process: string): boolean =>
      process === ROUTED ||
      routeSettings.findForPlatform(appId).paths.some((path) => path.process === process),

    /** The same for an app that is going; its hosts are unknown from then on. */
    removeRoutes(appId: string): void {
      routes.removeForAppForPlatform(appId)
      meta.raiseCounterForPlatform('routing_generation')
    },

    /** For what is not rows of routes: certificates, challenges, settings, addresses of instances. */
    async publishChange(write: () => void = () => {}): Promise<void> {
      transact(() => {
        write()
        meta.raiseCounterForPlatform('routing_generation')
      })
      await publish()
    },
  }
}
export type RoutingService = ReturnType<typeof createRoutingService>

const accessLogOf = (key: string, app: AppRecord | undefined): Route['accessLog'] => {
  const { accessLogPercent, accessLogDays } = app?.settings ?? DEFAULT_APP_SETTINGS
  return { key, percent: accessLogPercent, days: accessLogDays }
}

/** Said of apps that may sleep only: workers look at their visitors. */
function sleepOf(app: AppRecord | undefined): Pick<Route, 'sleep'> {
  if (!app || app.settings.sleepAfterMs === null) return {}
  const ignores = ['hidden']
  if (app.stack !== 'php') ignores.push('php')
  if (app.settings.sleepIgnoresMonitors) ignores.push('monitors')
  return { sleep: { ignores } }
}

const isRouted = (instance: InstanceRecord): boolean =>
  instance.state === 'live' && instance.host !== null && instance.port !== null

/** An app is stopped where its web process has nothing to serve with; other processes may have. */
const stateOf = (
  { process, state }: RouteRecord,
  serving: readonly InstanceRecord[],
): RouteRecordState =>
  state === 'stopped' && process !== ROUTED && serving.length > 0 ? 'serving' : state

function memo<Value>(find: (key: string) => Value): (key: string) => Value {
  const found = new Map<string, Value>()
  return (key) => {
    const known = found.get(key)
    if (known !== undefined) return known
    const value = find(key)
    found.set(key, value)
    return value
  }
}
