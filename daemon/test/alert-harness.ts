import type { Actor } from '@vastrox/shared/actor.ts'
import type { Notification } from '@vastrox/shared/channel.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import type { MetricSource } from '#core/alerts/metric-source.ts'
import { type AuditLog, createAuditLog } from '#core/audit/audit-log.ts'
import type { Narrowed } from '#core/channels/notify.ts'
import type { Announcement } from '#core/outgoing-webhooks/announce.ts'
import { withTell } from '#core/outgoing-webhooks/with-tell.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { NewId } from '#ports/ids.ts'
import { createAlertStore } from '#store/alert-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import type { Database } from '#store/database.ts'
import type { FakeClock } from '#test/fakes/clock.ts'
import { createFakeMetricSource } from '#test/fakes/metric-source.ts'
import { createHarness, createWorld, type World } from '#test/harness.ts'
import { idleAlerts } from '#test/idle-alerts.ts'

interface Below {
  db: Database
  clock: FakeClock
  newId: NewId
  actor: Actor
  problems: string[]
  audit: AuditLog
  hints?: Pick<InstanceHints, 'on'>
}

// Loaded by the product when there is something to tell; here while no time passes.
await Promise.all([import('#core/alerts/before.ts'), import('#core/alerts/tell-alerts.ts')])

/** Alerts over any harness: what people and webhooks are told is kept. */
export function createAlertsOver(
  below: Below,
  bootId = 'boot1',
  fileId = '1:1',
  /** Where something is measured indeed; else what a test sets. */
  source?: MetricSource,
) {
  const { db, clock, actor, problems } = below
  const metrics = createFakeMetricSource(clock)
  const notified: (Notification & { teamId: string })[] = []
  const announced: Announcement[] = []
  /** What channels of some apps are told instead, in the order of the notifications. */
  const narrowed: Narrowed[] = []
  /** What a test lets be wrong with the machine. */
  const machine = { isReachable: true, workers: 1, findings: [] as HostCare['findings'] }
  const alerts = idleAlerts(
    {
      ...below,
      hints: below.hints ?? { on: () => () => {} },
      events: { emit: () => {} },
      finder: createAppFinder(createAppStore(db)),
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
    },
    {
      source: source ?? metrics.source,
      notify: (teamId, notification, within) => {
        notified.push({ teamId, ...notification })
        narrowed.push(within)
      },
      announce: (told) => announced.push(told),
      isNodeReachable: async () => machine.isReachable,
      proxyWorkers: () => machine.workers,
      care: async () => ({ at: clock.now().toISOString(), findings: machine.findings }),
      bootId,
      fileId,
    },
  )
  alerts.start()

  return {
    alerts,
    metrics,
    machine,
    notified,
    narrowed,
    announced,
    rows: createAlertStore(db),
    /** Titles of what people were told, oldest first. */
    titles: (): string[] => notified.map(({ title }) => title),
    /** What was told of a rule, as `alert` and `resolved`. */
    toldOf: (rule: string): string[] =>
      notified
        .filter(({ key }) => key === rule || key.startsWith(`${rule}:`))
        .map(({ kind }) => kind),
    firing: async (): Promise<string[]> =>
      (await alerts.load()).alerts
        .list(actor, { state: 'firing', limit: 200 })
        .items.map(({ rule }) => rule)
        .toSorted(),
    stopAlerts: () => alerts.stop(),
  }
}

/** The same over the deployments' harness, which tells alerts what happens. */
export function createAlertHarness(world: World = createWorld(), bootId = 'boot1') {
  const harness = createHarness(world)
  const bareAudit = createAuditLog({
    audit: createAuditStore(harness.db),
    clock: harness.clock,
    key: masterKeyOf(Buffer.alloc(32, 7)).deriveKey('audit'),
  })
  const over = createAlertsOver({ ...harness, audit: bareAudit }, bootId)
  world.told = over.alerts.hear
  return { ...harness, ...over, audit: withTell(bareAudit, () => over.alerts.hear) }
}
export type AlertHarness = ReturnType<typeof createAlertHarness>
