import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ExposureReport, FencePort } from '@vastrox/shared/exposure.ts'
import type { FirewallChange } from '@vastrox/shared/firewall.ts'
import type { FirewallRule } from '@vastrox/shared/firewall-rule.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { FirewallService } from '#core/firewall/firewall-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeExposure } from '#ports/node-exposure.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  exposure: NodeExposure
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  nodeName: string
  firewall: Pick<FirewallService, 'addRule' | 'listRules'>
}

/** Looking at every process of a machine is not for every second. */
const MAX_COMMENT = 200
const KEEP_MS = 3_000
const KEEP_CARE_MS = 60_000

/** What is reachable on the node, and how the node is kept. */
export function createExposureService({
  exposure,
  audit,
  clock,
  transact,
  nodeName,
  firewall,
}: Deps) {
  const list = remember(clock, KEEP_MS, () => exposure.list())
  const care = remember(clock, KEEP_CARE_MS, () => exposure.care())

  return {
    /** At most 3 seconds old. */
    list: (): Promise<ExposureReport> => list.get(),

    /** Tries every port from outside. Its cable is a change of the machine, if a short one: it is audited. */
    async test(actor: Actor): Promise<ExposureReport> {
      transact(() => audit.append({ actor, action: 'exposure.test', target: nodeName }))
      const report = await exposure.test()
      list.forget()
      return report
    },

    /**
     * One rule at the top of the firewall that denies the port to everybody outside. As every change it
     * goes back by itself unless it is confirmed, where it closes something. Throws EXPOSURE_NOT_FOUND
     * where nothing answers, EXPOSURE_NEEDED for a port of the product's own, EXPOSURE_FENCED when there
     * is such a rule.
     */
    async fence(actor: Actor, { protocol, port }: FencePort): Promise<FirewallChange> {
      const { ports } = await exposure.list()
      const found = ports.filter((each) => each.protocol === protocol && each.port === port)
      const [first] = found
      if (!first) throw new CodedError('EXPOSURE_NOT_FOUND', { port, protocol })
      if (found.some(({ by }) => by.ours))
        throw new CodedError('EXPOSURE_NEEDED', { port, protocol })
      const rules = await firewall.listRules(actor)
      if (rules.some((rule) => fences(rule, { protocol, port })))
        throw new CodedError('EXPOSURE_FENCED', { port, protocol })
      const change = await firewall.addRule(
        actor,
        {
          action: 'deny',
          protocol,
          ports: [String(port)],
          comment: `fenced: ${first.by.name}`.slice(0, MAX_COMMENT),
        },
        0,
      )
      list.forget()
      return change
    },

    /** At most a minute old. */
    care: (): Promise<HostCare> => care.get(),
  }
}
export type ExposureService = ReturnType<typeof createExposureService>

const fences = (rule: FirewallRule, { protocol, port }: FencePort): boolean =>
  rule.action === 'deny' &&
  rule.sources.length === 0 &&
  rule.expiresAt === null &&
  rule.protocol === protocol &&
  rule.ports.length === 1 &&
  rule.ports[0] === String(port)

/** One answer for all who ask within that time; a failure is not kept. */
function remember<Value>(clock: Clock, keepMs: number, ask: () => Promise<Value>) {
  let known: { at: number; value: Promise<Value> } | undefined
  return {
    get(): Promise<Value> {
      const now = clock.now().getTime()
      if (known && now - known.at < keepMs) return known.value
      const value = ask()
      const mine = { at: now, value }
      known = mine
      value.catch(() => {
        if (known === mine) known = undefined
      })
      return value
    },
    forget(): void {
      known = undefined
    },
  }
}
