import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { Drains } from '#core/deployments/drain.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { RouteStore } from '#store/route-store.ts'

interface Deps {
  instances: InstanceStore
  routes: RouteStore
  routing: RoutingService
  drains: Pick<Drains, 'untilQuiet'>
  transact: Transact
  crashPoint: (name: string) => void
}

/** What is under way gets less time than in a drain: others wait behind it. */
const QUIET_WITHIN_MS = 5_000

/**
 * Holds an app's requests while its release command runs, where its owner wants that (rule D5): a
 * migration that the code before it does not stand is seen by nobody. The instances run on; the route's
 * row says `held` until the switch, or until the deployment has come to nothing.
 */
export function createReleaseHold({ instances, routes, routing, ...deps }: Deps) {
  const isHeld = (app: AppRecord): boolean =>
    routes.listForAppForPlatform(app.id).some(({ state }) => state === 'held')

  return {
    /** Resolves when nothing is under way to the release before any more, or after 5 s. */
    async begin(app: AppRecord, log: DeploymentLog): Promise<void> {
      const live = instances.listForAppForPlatform(app.id).filter(({ state }) => state === 'live')
      if (live.length === 0 || !app.wanted) return
      log.step('Holding requests: they wait for the release command, and after 30 s get 503')
      deps.transact(() => routing.writeRoutes(app, 'held'))
      deps.crashPoint('deploy.releaseHeld')
      await routing.publish()
      await deps.drains.untilQuiet(
        live.map(({ name }) => name),
        Math.min(app.settings.drainMs, QUIET_WITHIN_MS),
      )
    },

    /** For a deployment that came to nothing: the release before answers again. */
    async end(app: AppRecord): Promise<void> {
      if (!isHeld(app)) return
      deps.transact(() => routing.writeRoutes(app, app.wanted ? 'serving' : 'stopped'))
      await routing.publish()
    },
  }
}
export type ReleaseHold = ReturnType<typeof createReleaseHold>
