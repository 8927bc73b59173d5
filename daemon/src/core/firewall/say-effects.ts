import type { FirewallEffect } from '@vastrox/shared/firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'

/** At most so many ports by name; the rest is counted. */
const MAX_NAMED = 20

/** The modes as the page and the command say them. */
export const MEANING: Record<FirewallMode, string> = {
  observe:
    'Nothing is dropped. What the rules would close is only counted, so that you see it beforehand.',
  isolate:
    'Apps and builds are kept from this machine, from private networks and from each other. Ports of the machine itself are only watched.',
  enforce:
    'Only what the rules allow, what Vastrox needs and what you kept open is let in. Everything else is dropped.',
}

/** The effect of a change in words, what cuts most first; never empty. */
export function sayEffects(effects: readonly FirewallEffect[]): string[] {
  const closed = effects.filter(({ before, after }) => before !== 'closed' && after === 'closed')
  const others = effects.filter((effect) => !closed.includes(effect))
  const cut = closed.filter(({ operatorUses }) => operatorUses)
  const words = [
    ...cut.map((effect) => `cuts ${nameOf(effect)}, which you are connected over right now`),
    ...named(
      closed.filter((effect) => !cut.includes(effect)),
      (effect) => `closes ${nameOf(effect)}${answers(effect)}`,
      'closes',
    ),
    ...named(
      others.filter(({ before, after }) => before === 'open' && after === 'limited'),
      (effect) => `limits ${nameOf(effect)}${answers(effect)}`,
      'limits',
    ),
    ...named(
      others.filter(({ before, after }) => before !== 'open' && after !== before),
      (effect) => `opens ${nameOf(effect)}${answers(effect)}`,
      'opens',
    ),
    ...named(
      others.filter(({ keptOpen, operatorUses }) => keptOpen && !operatorUses),
      (effect) => `leaves ${nameOf(effect)} open${answers(effect)}, as it is not one of ours`,
      'leaves open',
    ),
    ...others
      .filter(({ operatorUses, after }) => operatorUses && after !== 'closed')
      .map((effect) => `your own connection over ${nameOf(effect)} stays`),
  ]
  return words.length > 0 ? words : ['opens and closes nothing that answers today']
}

const nameOf = ({ port, protocol }: FirewallEffect): string => `${port}/${protocol}`
const answers = ({ what }: FirewallEffect): string => (what === '' ? '' : `, where ${what} answers`)

function named(
  effects: readonly FirewallEffect[],
  say: (effect: FirewallEffect) => string,
  verb: string,
): string[] {
  const said = effects.slice(0, MAX_NAMED).map(say)
  const more = effects.length - said.length
  return more === 0 ? said : [...said, `${verb} ${more} more ports`]
}
