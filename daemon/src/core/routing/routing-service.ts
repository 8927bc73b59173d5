import type { NewId } from '#ports/ids.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { Route, RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { MetaStore } from '#store/meta-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RouteRecordState, RouteStore } from '#store/route-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  instances: InstanceStore
  routes: RouteStore
  meta: MetaStore
  proxy: Proxy
  certificates: () => RoutingSnapshot['certificates']
  challenges: () => RoutingSnapshot['challenges']
  alpnChallenges: () => NonNullable<RoutingSnapshot['alpnChallenges']>
  settings: () => RoutingSnapshot['settings']
  newId: NewId
  transact: Transact
}

const PUBLISH_TIMEOUT_MS = 5_000
/** Rule P8. */
const MAX_BODY_BYTES = 100 * 2 ** 20
/** The process that gets an app's routes. */
const ROUTED = 'web'

/** Keeps the rows of routes, and the proxy's snapshot as their mirror: whole, numbered, never merged. */
export function createRoutingService(deps: Deps) {
  const { apps, releases, instances, routes, meta, proxy, newId, transact } = deps
  /** Snapshots are sent one after the other, so that a worker never sees an older one last. */
  let sending: Promise<unknown> = Promise.resolve()

  const hostsOf = (app: AppRecord): string[] => [
    `${app.name}.${deps.settings().baseDomain}`,
    ...routes.listDomainsForPlatform(app.id),
  ]

  function snapshot(): RoutingSnapshot {
    const live = Map.groupBy(
      instances.listForPlatform().filter(isRouted),
      (instance) => instance.appId,
    )
    const appOf = memo((id) => apps.findByIdForPlatform(id))
    const numberOf = memo((id) => releases.findForPlatform(id)?.number ?? 0)

    const routeOf = (record: ReturnType<typeof routes.listForPlatform>[number]): Route => ({
      id: record.id,
      app: appOf(record.appId)?.name ?? record.appId,
      host: record.host,
      pathPrefix: record.pathPrefix,
      state: record.state,
      redirectToHttps: false,
      instances: (live.get(record.appId) ?? [])
        .filter((instance) => instance.process === record.process)
        .map(({ name, host, port, releaseId }) => ({
          name,
          host: host ?? '',
          port: port ?? 0,
          release: numberOf(releaseId),
        })),
      maxBodyBytes: MAX_BODY_BYTES,
      ...sleepOf(appOf(record.appId)),
    })

    const alpnChallenges = deps.alpnChallenges()
    return {
      generation: meta.readCounterForPlatform('routing_generation'),
      routes: routes.listForPlatform().map(routeOf),
      certificates: deps.certificates(),
      challenges: deps.challenges(),
      ...(alpnChallenges.length === 0 ? {} : { alpnChallenges }),
      settings: deps.settings(),
    }
  }

  /** Resolves once every live worker has what the rows say now, or something newer. */
  function publish(): Promise<void> {
    const sent = sending.then(() => proxy.publish(snapshot(), PUBLISH_TIMEOUT_MS))
    sending = sent.catch(() => {
      // The caller learns it; the next one is sent all the same.
    })
    return sent
  }

  /** Writes the routes of the app and a new generation; called inside the caller's transaction. */
  function writeRoutes(app: AppRecord, state: RouteRecordState): void {
    const hosts = hostsOf(app)
    const kept = new Map(routes.listForAppForPlatform(app.id).map((route) => [route.host, route]))
    for (const route of kept.values())
      if (!hosts.includes(route.host)) routes.removeForPlatform(route.id)
    for (const host of hosts)
      routes.saveForPlatform({
        id: kept.get(host)?.id ?? newId(),
        teamId: app.teamId,
        appId: app.id,
        host,
        pathPrefix: '/',
        process: ROUTED,
        state,
      })
    meta.raiseCounterForPlatform('routing_generation')
  }

  return {
    hostsOf,
    snapshot,
    publish,

    writeRoutes,

    /**
     * Its hosts have changed: they get the routes that the others have. Of an app that has none yet
     * its first deployment makes them.
     */
    writeHosts(app: AppRecord): void {
      const state = routes.listForAppForPlatform(app.id)[0]?.state
      if (state !== undefined) writeRoutes(app, state)
    },

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
