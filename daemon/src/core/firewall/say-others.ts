import type { FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'

/**
 * What other firewalls on the machine mean beside ours, in words: packets are asked about by each,
 * and whoever says no has the last word.
 */
export function sayOthers(others: FirewallReading['others'], mode: FirewallMode): string[] {
  return Object.entries(others)
    .filter(([, state]) => state === 'active')
    .map(([name]) => {
      const both = `${name} is active beside Vastrox: a port is open only where both let it through.`
      return mode === 'enforce'
        ? `${both} What ${name} does not reach, the published ports of containers, Vastrox decides about as well.`
        : `${both} Vastrox only watches the ports of this machine, so ${name} decides about them; the published ports of containers pass by it.`
    })
}
