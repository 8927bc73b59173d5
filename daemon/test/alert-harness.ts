import type { Notification } from '@vastrox/shared/channel.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import type { Announcement } from '#core/outgoing-webhooks/announce.ts'
import { createAlertStore } from '#store/alert-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createFakeMetricSource } from '#test/fakes/metric-source.ts'
import { createHarness, createWorld, type World } from '#test/harness.ts'
import { idleAlerts } from '#test/idle-alerts.ts'

// Loaded by the product when there is something to tell; here while no time passes.
await Promise.all([import('#core/alerts/before.ts'), import('#core/alerts/tell-alerts.ts')])

/** Alerts over the deployments' harness: what people and webhooks are told is kept. */
export function createAlertHarness(world: World = createWorld(), bootId = 'boot1') {
  const harness = createHarness(world)
  const { db, apps, clock, actor, problems } = harness
  const metrics = createFakeMetricSource(clock)
  const notified: (Notification & { teamId: string })[] = []
  const announced: Announcement[] = []
  /** What a test lets be wrong with the machine. */
  const machine = { isReachable: true, workers: 1, findings: [] as HostCare['findings'] }
  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKeyOf(Buffer.alloc(32, 7)).deriveKey('audit'),
  })
  const alerts = idleAlerts(
    {
      ...harness,
      finder: createAppFinder(apps),
      audit,
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
    },
    {
      source: metrics.source,
      notify: (teamId, notification) => notified.push({ teamId, ...notification }),
      announce: (told) => announced.push(told),
      isNodeReachable: async () => machine.isReachable,
      proxyWorkers: () => machine.workers,
      care: async () => ({ at: clock.now().toISOString(), findings: machine.findings }),
      bootId,
    },
  )
  alerts.start()

  return {
    ...harness,
    audit,
    alerts,
    metrics,
    machine,
    notified,
    announced,
    rows: createAlertStore(db),
    /** Titles of what people were told, oldest first. */
    titles: (): string[] => notified.map(({ title }) => title),
    firing: async (): Promise<string[]> =>
      (await alerts.load()).alerts
        .list(actor, { state: 'firing', limit: 200 })
        .items.map(({ rule }) => rule)
        .toSorted(),
    stopAlerts: () => alerts.stop(),
  }
}
export type AlertHarness = ReturnType<typeof createAlertHarness>
