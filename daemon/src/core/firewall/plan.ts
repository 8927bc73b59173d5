import { FIRST_FIREWALL_STATE, FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { z } from 'zod'

const { egress: _, ...decided } = FirewallState.shape
/** What an operator decides: the desired state of a node, without what follows from apps. */
export const FirewallPlan = z.object(decided)
export type FirewallPlan = z.infer<typeof FirewallPlan>

const { egress: __, ...first } = FIRST_FIREWALL_STATE
/** Until somebody says something else (decision 13): watched, and nothing is ever dropped. */
export const FIRST_PLAN: FirewallPlan = { ...first, maxConnectionsPerSource: 1_000 }

/** The plan without the rules that have ended. */
export function withoutEnded(plan: FirewallPlan, now: Date): FirewallPlan {
  const rules = plan.rules.filter(({ expiresAt }) => !hasEnded(expiresAt, now))
  return rules.length === plan.rules.length ? plan : { ...plan, rules }
}

export const hasEnded = (expiresAt: string | null, now: Date): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= now.getTime()
