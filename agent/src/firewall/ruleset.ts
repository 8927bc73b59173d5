import type { Ban } from '@vastrox/shared/agent-api-firewall.ts'
import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { type Network, mergeNetworks, parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import { egressChains, fences } from '#agent/firewall/egress-chains.ts'
import { exceptionChains, passExceptions } from '#agent/firewall/exception-chains.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { hostChains } from '#agent/firewall/host-chains.ts'
import { bridgesOf, tableOf } from '#agent/firewall/names.ts'
import { passPorts, portChains } from '#agent/firewall/port-chains.ts'
import { ruleSets } from '#agent/firewall/rule-lines.ts'
import { namedSet } from '#agent/firewall/text.ts'

/**
 * The whole ruleset of an installation: one table, loaded in one transaction, so that there is no
 * moment without a policy. Nothing of anybody else's is named in it. In `observe` it has no statement
 * that keeps a packet from passing. Verdicts are rules, never a chain's policy: while the kernel
 * exchanges two tables both are there for a moment, and a policy would count alone (docs/decisions/0094).
 */
export function rulesetOf(
  state: FirewallState,
  facts: Facts,
  bans: readonly Ban[] = [],
  now = new Date(),
): string {
  const table = `inet ${tableOf(facts.instance)}`
  return [
    `add table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    ...indent([
      ...banSets(bans, now),
      ...namedSet('free4', 'ipv4_addr', networks(state.allowList, 4)),
      ...namedSet('free6', 'ipv6_addr', networks(state.allowList, 6)),
      ...ruleSets(state),
      ...COUNTING_SETS,
      ...(state.mode === 'observe' ? [] : egressChains(state, facts)),
      ...hostChains(state, facts),
      ...arriving(state, facts),
      ...(state.mode === 'observe' ? [] : passing(state, facts)),
      ...portChains(facts.ports, facts.instance),
      ...exceptionChains(facts.exceptions),
    ]),
    '}',
    '',
  ].join('\n')
}

/** Who was turned away where; a scan of all ports fills them, and old entries leave by themselves. */
const COUNTING_SETS = [
  'set closed {',
  '\ttype inet_proto . inet_service',
  '\tsize 4096',
  '\tflags dynamic,timeout',
  '\ttimeout 1d',
  '}',
  ...(['4', '6'] as const).flatMap((family) => [
    `set closed_from${family} {`,
    `\ttype inet_proto . inet_service . ipv${family}_addr`,
    '\tsize 4096',
    '\tflags dynamic,timeout',
    '\ttimeout 1h',
    '}',
    `set sources${family} {`,
    `\ttype ipv${family}_addr`,
    '\tsize 65535',
    '\tflags dynamic',
    '}',
  ]),
]

function banSets(bans: readonly Ban[], now: Date): string[] {
  const lasting = bans
    .map(({ address, until }) => ({
      network: parseNetwork(address),
      seconds: Math.ceil((Date.parse(until) - now.getTime()) / 1_000),
    }))
    .filter(({ seconds }) => seconds > 0)
  return ([4, 6] as const).flatMap((family) => {
    const elements = lasting
      .filter(({ network }) => network.family === family)
      .map(
        ({ network, seconds }) =>
          `${sayNetwork({ ...network, bits: family === 4 ? 32 : 128 })} timeout ${seconds}s`,
      )
    return [
      `set banned${family} {`,
      `\ttype ipv${family}_addr`,
      '\tsize 65536',
      '\tflags timeout',
      ...(elements.length === 0 ? [] : [`\telements = { ${elements.join(', ')} }`]),
      '}',
    ]
  })
}

/**
 * Everything that comes to this machine, before any address is translated: so one place decides about
 * processes of the host and ports that Docker publishes, for both families, by the port that was asked for.
 */
function arriving(state: FirewallState, facts: Facts): string[] {
  return [
    'chain arriving {',
    '\ttype filter hook prerouting priority -150; policy accept;',
    '\tiifname "lo" accept',
    ...(state.mode === 'observe'
      ? [`\tiifname "${bridgesOf(facts.instance)}" accept`]
      : fences(facts).map((line) => `\t${line}`)),
    ...(state.mode === 'enforce' ? ['\tip daddr 127.0.0.0/8 goto closed'] : []),
    '\tfib daddr type { local, broadcast, anycast, multicast } goto to_host',
    '}',
  ]
}

/** What goes through this machine. A published port was decided about when it arrived. */
function passing(state: FirewallState, facts: Facts): string[] {
  const ours = bridgesOf(facts.instance)
  const others = facts.containerBridges.map((name) => `"${name}"`).join(', ')
  return [
    'chain passing {',
    '\ttype filter hook forward priority -5; policy accept;',
    '\tct state established,related accept',
    ...passed(facts).map((each) => `\t${each}`),
    `\tiifname != "${ours}" oifname "${ours}" counter drop comment "apps"`,
    ...(state.mode === 'enforce' && others !== ''
      ? [
          '\tct status dnat accept',
          `\tiifname != { ${others} } oifname { ${others} } counter drop comment "containers"`,
        ]
      : []),
    '}',
  ]
}

/** One line, whatever leads there. */
const passed = ({ ports, exceptions, instance }: Facts): string[] => [
  ...new Set([...passPorts(ports, instance), ...passExceptions(exceptions, instance)]),
]

const networks = (texts: readonly string[], family: 4 | 6): string[] =>
  mergeNetworks(texts.map(parseNetwork))
    .filter((network: Network) => network.family === family)
    .map(sayNetwork)

const indent = (lines: readonly string[]): string[] => lines.map((line) => `\t${line}`)
