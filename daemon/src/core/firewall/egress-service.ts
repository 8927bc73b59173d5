import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { AppEgress, ChangeAppEgress } from '@vastrox/shared/firewall.ts'
import { DEFAULT_EGRESS } from '@vastrox/shared/firewall-rule.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { FirewallChanges } from '#core/firewall/firewall-changes.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { Transact } from '#store/database.ts'
import type { EgressStore } from '#store/egress-store.ts'

const byDefault: AppEgress = { ...DEFAULT_EGRESS, allow: [] }

interface Deps {
  apps: AppFinder
  egress: EgressStore
  changes: Pick<FirewallChanges, 'round' | 'problem' | 'open'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
}

/**
 * Where apps may connect to: the internet by default; private networks, the metadata address, this
 * machine and port 25 only where it was said of that app.
 */
export function createEgressService(deps: Deps) {
  const { apps, egress } = deps

  return {
    get(actor: Actor, appName: string): AppEgress {
      const app = apps.find(actor, appName)
      return egress.findForPlatform(app.id) ?? byDefault
    },

    /** Kept at once, also where the node cannot be told now: it is told as soon as it answers. */
    async change(actor: Actor, appName: string, changes: ChangeAppEgress): Promise<AppEgress> {
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'firewall.change', app.id)
      const before = egress.findForPlatform(app.id) ?? byDefault
      const policy: AppEgress = {
        internet: changes.internet ?? before.internet,
        smtp: changes.smtp ?? before.smtp,
        allow: changes.allow ?? before.allow,
      }
      deps.transact(() => {
        egress.saveForPlatform(app.id, app.teamId, policy, deps.clock.now().toISOString())
        const details = { internet: policy.internet, smtp: policy.smtp, allow: policy.allow }
        deps.audit.append({ actor, action: 'egress.change', target: app.name, details })
      })
      deps.events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
      await deps.changes.round()
      return policy
    },
  }
}
export type EgressService = ReturnType<typeof createEgressService>
