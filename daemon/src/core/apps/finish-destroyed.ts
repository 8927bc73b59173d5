import type { AppStore } from '#store/app-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { RouteStore } from '#store/route-store.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  apps: Pick<AppStore, 'listDestroyedBeforeForPlatform'>
  instances: Pick<InstanceStore, 'listForAppForPlatform'>
  routes: Pick<RouteStore, 'listForAppForPlatform'>
  retireApp: (appId: string) => Promise<void>
  clock: Clock
}

/**
 * What a crash between "in the trash" and "taken down" has left: apps in the trash that still have
 * routes or instances. They are taken down; gives how many there were.
 */
export async function finishDestroyed(deps: Deps): Promise<number> {
  const { apps, instances, routes, retireApp, clock } = deps
  const left = apps
    .listDestroyedBeforeForPlatform(new Date(clock.now().getTime() + 1).toISOString())
    .filter(({ id }) => {
      const serving = instances.listForAppForPlatform(id).some(({ state }) => state !== 'draining')
      return serving || routes.listForAppForPlatform(id).length > 0
    })
  for (const { id } of left) await retireApp(id)
  return left.length
}
