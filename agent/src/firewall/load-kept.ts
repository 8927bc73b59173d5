import { FIRST_FIREWALL_STATE } from '@vastrox/shared/firewall-rule.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import type { Kept, KeptFiles } from '#agent/firewall/kept-files.ts'
import { loadRuleset } from '#agent/firewall/nft.ts'
import { rulesetOf } from '#agent/firewall/ruleset.ts'

/** Loads what was confirmed last; before anything was, that is to look and touch nothing. */
export async function loadConfirmed(files: KeptFiles, facts: Facts): Promise<void> {
  const [confirmed, bans, ports, exceptions] = await Promise.all([
    files.confirmed(),
    files.bans(),
    // Apps may have moved since the change was made; without the file they are closed, and the rules come back.
    files.ports().catch(() => []),
    files.exceptions().catch(() => []),
  ])
  const now = { ...facts, ports, exceptions }
  await loadRuleset(rulesetOf(confirmed?.state ?? FIRST_FIREWALL_STATE, now, bans))
}

/**
 * What is known of the machine when a change is taken back: what it saw last, as sshd may have moved
 * since the rules before were confirmed; the ways in of then and of now.
 */
export const factsOnReturn = (waiting: Kept, confirmed: Kept | undefined): Facts => ({
  ...waiting.facts,
  sshPorts: joinPorts(waiting.facts.sshPorts, confirmed?.facts.sshPorts ?? []),
  operators: (confirmed ?? waiting).facts.operators,
})

export const joinPorts = (...lists: readonly (readonly number[])[]): number[] =>
  [...new Set(lists.flat())].toSorted((one, other) => one - other)
