import { FIREWALL_VERBS, type FirewallVerb } from '@vastrox/shared/agent-api-firewall.ts'
import type { z } from 'zod'
import type { NodeFirewall } from '#ports/node-firewall.ts'

type Call = <Output extends z.ZodType>(
  verb: FirewallVerb,
  output: Output,
  input: unknown,
) => Promise<z.output<Output>>

/** The verbs of the firewall, over whatever carries them. */
export function createNodeFirewall(call: Call): NodeFirewall {
  const verbs = FIREWALL_VERBS
  return {
    preview: (state) => call('preview-firewall', verbs['preview-firewall'].output, { state }),
    apply: (state, confirmWithinMs) =>
      call('apply-firewall', verbs['apply-firewall'].output, { state, confirmWithinMs }),
    async confirm(generation) {
      await call('confirm-firewall', verbs['confirm-firewall'].output, { generation })
    },
    revert: async () =>
      (await call('revert-firewall', verbs['revert-firewall'].output, {})).generation,
    read: () => call('read-firewall', verbs['read-firewall'].output, {}),
    changeBans: (change) => call('change-bans', verbs['change-bans'].output, change),
  }
}
