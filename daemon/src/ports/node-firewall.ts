import type {
  AppliedFirewall,
  FirewallInput,
  FirewallOutput,
  FirewallPreview,
  FirewallReading,
} from '@vastrox/shared/agent-api-firewall.ts'
import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'

/**
 * The firewall of a node. It always has a state; a change that could lock somebody out comes back by
 * itself unless it is confirmed. The contracts stand at shared/src/agent-api-firewall.ts.
 */
export interface NodeFirewall {
  /** What a state would do, in text and by port. Changes nothing. */
  preview(state: FirewallState): Promise<FirewallPreview>
  /**
   * 0 ms: counts at once, and throws FIREWALL_CONFIRM_NEEDED where anything would be closed. Throws
   * FIREWALL_UNAVAILABLE and FIREWALL_REFUSED, with the state before still in force.
   */
  apply(state: FirewallState, confirmWithinMs: number): Promise<AppliedFirewall>
  /** Throws FIREWALL_NOT_PENDING when it came too late. */
  confirm(generation: number): Promise<void>
  /** Takes back what waits. Resolves with the generation that is in force. */
  revert(): Promise<number>
  read(): Promise<FirewallReading>
  changeBans(change: FirewallInput<'change-bans'>): Promise<FirewallOutput<'change-bans'>>
}
