import type { AlertEvent } from '@vastrox/shared/alert.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createOwnChecks } from '#core/uptime/own-checks.ts'
import { createUptimeCounts } from '#core/uptime/uptime-counts.ts'
import { createUptimeRunner } from '#core/uptime/uptime-runner.ts'
import type { UptimeService } from '#core/uptime/uptime-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { NewId } from '#ports/ids.ts'
import type { UptimeProbe } from '#ports/uptime-probe.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createRouteSettingsStore } from '#store/route-settings-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { createUptimeHistoryStore } from '#store/uptime-history-store.ts'
import { createUptimeStore } from '#store/uptime-store.ts'

export interface UptimeDeps {
  db: Database
  probe: UptimeProbe
  /** What the probe asks as well. */
  addresses: GuardedAddresses
  urlsOf: (appName: string) => readonly string[]
  isDown: (instance: string) => boolean
  alerts: { note(event: AlertEvent): void; settle(key: string): void }
  addMetric: (at: Date, series: string, value: number) => void
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

/** Wires the looks, which go on all the time, and what answers people, which is loaded when they ask. */
export function composeUptime(given: UptimeDeps) {
  const { db, clock } = given
  const deps = {
    ...given,
    checks: createUptimeStore(db),
    history: createUptimeHistoryStore(db),
    apps: createAppStore(db),
    releases: createReleaseStore(db),
    instances: createInstanceStore(db),
    deployments: createDeploymentStore(db),
    routes: createRouteStore(db),
    routeSettings: createRouteSettingsStore(db),
    transact: transactionOf(db),
  }
  const own = createOwnChecks(deps)
  const counts = createUptimeCounts({ history: deps.history, clock, transact: deps.transact })
  const runner = createUptimeRunner({ ...deps, own, counts })
  let loading: Promise<UptimeService> | undefined

  async function loadService(): Promise<UptimeService> {
    const { createUptimeService } = await import('#core/uptime/uptime-service.ts')
    return createUptimeService({ ...deps, finder: createAppFinder(deps.apps), own, counts, runner })
  }

  return {
    load: (): Promise<UptimeService> => (loading ??= loadService()),
    start: (): void => runner.start(),
    /** What was counted and not yet kept is kept. */
    stop: (): Promise<void> => runner.stop(),
  }
}
export type UptimeParts = ReturnType<typeof composeUptime>
