import { FIRST_FIREWALL_STATE } from '@vastrox/shared/firewall-rule.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import type { KeptFiles } from '#agent/firewall/kept-files.ts'
import { loadRuleset } from '#agent/firewall/nft.ts'
import { rulesetOf } from '#agent/firewall/ruleset.ts'

/** Loads what was confirmed last; before anything was, that is to look and touch nothing. */
export async function loadConfirmed(files: KeptFiles, facts: Facts): Promise<void> {
  const [confirmed, bans] = await Promise.all([files.confirmed(), files.bans()])
  await loadRuleset(rulesetOf(confirmed?.state ?? FIRST_FIREWALL_STATE, facts, bans))
}
