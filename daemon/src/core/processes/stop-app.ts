import type { Drains } from '#core/deployments/drain.ts'
import type { Watches } from '#core/deployments/watch.ts'
import type { Runs } from '#core/processes/runs.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import { RunKind } from '@vastrox/shared/run.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'

interface Deps {
  apps: AppStore
  instances: InstanceStore
  routing: RoutingService
  watches: Watches
  runs: Runs
  drains: Drains
  events: EventStream
  transact: Transact
}

/** Takes an app's instances away from its visitors and then out of the world, in this order (D1). */
export function createStopApp(deps: Deps) {
  const { apps, instances, routing, watches, runs, drains, events, transact } = deps

  /** In one transaction with `write`: every instance is on its way out. */
  function retireAll(appId: string, write: () => void): InstanceRecord[] {
    return transact(() => {
      write()
      const rows = instances.listForAppForPlatform(appId)
      for (const row of rows) instances.saveForPlatform({ ...row, state: 'draining' })
      return rows
    })
  }

  return {
    /** Resolves when every proxy worker knows it; draining goes on after that. */
    async stop(appId: string): Promise<void> {
      await watches.end(appId)
      await runs.stopAllOf(appId, ['job'], 'the app was stopped')
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      const rows = retireAll(appId, () => {
        apps.saveWantedForPlatform(appId, false)
        routing.writeRoutes(app, 'stopped')
      })
      events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
      await routing.publish()
      void drains.retire(rows, { drainMs: app.settings.drainMs })
    },

    /** Resolves when nothing of it runs any more. */
    async takeDown(appId: string): Promise<void> {
      await watches.end(appId)
      await runs.stopAllOf(appId, RunKind.options, 'the app was destroyed')
      const rows = retireAll(appId, () => routing.removeRoutes(appId))
      await routing.publish()
      const drainMs = apps.findByIdForPlatform(appId)?.settings.drainMs ?? 0
      await drains.retire(rows, { drainMs })
    },
  }
}
export type StopApp = ReturnType<typeof createStopApp>
