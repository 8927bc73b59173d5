import type { Actor } from '@vastrox/shared/actor.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createAbuse } from '#core/firewall/abuse.ts'
import { createBanService } from '#core/firewall/ban-service.ts'
import { createEgressService } from '#core/firewall/egress-service.ts'
import { createFirewallChanges } from '#core/firewall/firewall-changes.ts'
import { createFirewallService } from '#core/firewall/firewall-service.ts'
import { createHousekeeping } from '#jobs/housekeeping.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'
import type { Proxy } from '#ports/proxy.ts'
import { createBanStore } from '#store/ban-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createEgressStore } from '#store/egress-store.ts'
import { createFirewallStore } from '#store/firewall-store.ts'

interface Deps {
  db: Database
  firewall: NodeFirewall
  proxy: Pick<Proxy, 'onRefusals'>
  apps: AppFinder
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  /** Acts for the platform where nobody asks. */
  system: () => Actor
  trustedProxies: () => readonly string[]
  installation: Pick<InstallationConfig, 'dashboardPort' | 'httpPort' | 'httpsPort'>
  say: (event: string, details: Record<string, unknown>) => void
  onProblem: (what: string, error: unknown) => void
  node: string
}

/** Rules end, confirmations run out, apps come and go: nobody waits longer for it than this. */
const ROUND_MS = 5_000

/** Wires the firewall: what is decided, how it gets to the node, and who is banned. */
export function composeFirewall(given: Deps) {
  const { db, clock, installation } = given
  const deps = { ...given, transact: transactionOf(db) }
  const store = createFirewallStore(db)
  const egressStore = createEgressStore(db)
  const changes = createFirewallChanges({
    ...deps,
    store,
    egress: () => egressStore.listForPlatform(),
  })
  const abuse = createAbuse({
    ...deps,
    allowList: () => changes.currentPlan().allowList,
    onTooMuch: (found) => bans.banForAbuse(found),
  })
  const bans = createBanService({ ...deps, bans: createBanStore(db), abuse })
  const service = createFirewallService({
    ...deps,
    store,
    changes,
    dashboardPort: installation.dashboardPort,
    webPorts: [installation.httpPort, installation.httpsPort],
  })
  const rounds = createHousekeeping({
    tasks: [
      { name: 'looking after the firewall', run: () => changes.round() },
      {
        name: 'looking after bans',
        // With the node away there is nobody to tell, and that was said already.
        run: async () => {
          if (changes.problem() === null) await bans.round()
        },
      },
      { name: 'forgetting egress policies', run: async () => egressStore.forgetForPlatform() },
    ],
    everyMs: ROUND_MS,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    onProblem: given.onProblem,
  })
  let stopRefusals: (() => void) | undefined

  return {
    service,
    bans,
    egress: createEgressService({ ...deps, egress: egressStore, changes }),
    /** For every server of ours: one call for each failure, and one for each operator who is there. */
    abuse,
    changes,

    /** Ports that it keeps shut to the world, of these; none while it only watches, or cannot be asked. */
    async shutPorts(ports: readonly number[]): Promise<readonly number[]> {
      const plan = changes.currentPlan()
      if (plan.mode !== 'enforce') return []
      const { effects } = await given.firewall
        .preview(changes.stateOf(plan))
        .catch(() => ({ effects: [] }))
      return effects
        .filter(
          ({ port, protocol, after }) =>
            protocol === 'tcp' && ports.includes(port) && after === 'closed',
        )
        .map(({ port }) => port)
    },

    start(): void {
      stopRefusals ??= given.proxy.onRefusals((refusals) => {
        for (const { address, count, strays } of refusals)
          abuse.note(address, 'proxy', count, strays)
      })
      // Not waited for: the daemon serves, whatever the node's firewall says.
      void changes.round()
      rounds.start()
    },
    async stop(): Promise<void> {
      stopRefusals?.()
      await rounds.stop()
    },
  }
}
export type FirewallParts = ReturnType<typeof composeFirewall>
