import {
  DEFAULT_EGRESS,
  type EgressPolicy,
  type FirewallState,
} from '@vastrox/shared/firewall-rule.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { bridgesOf } from '#agent/firewall/names.ts'
import { portsForApps } from '#agent/firewall/port-chains.ts'
import { chain, line, matchNetworks, matchPorts, portsText } from '#agent/firewall/text.ts'

/** Where no app has any business by itself (rules.md, section 7): private, metadata, multicast, reserved. */
export const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]

const NEIGHBOURS = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'
const ANSWERS = 'ct direction reply ct state established,related accept'
const OWN_BRIDGE = 'fib daddr . iif oif exists'
const OF_THIS_MACHINE = '{ local, broadcast, anycast }'

/** Where packets of our apps and builds are led to, in the chain that everything arrives in. */
export function fences(facts: Facts): string[] {
  return [`iifname "${bridgesOf(facts.instance)}" goto of_apps`, ...buildFence(facts)]
}

/**
 * The engine builds on its default bridge, where other people's containers are as well. While a build
 * of ours runs, whatever there is no container that the engine lists is taken for it.
 */
function buildFence({ building, buildBridge, neighbours }: Facts): string[] {
  if (building === null || buildBridge === null) return []
  const bridge = `iifname "${buildBridge}"`
  const isIn = (family: 4 | 6): string[] =>
    matchNetworks('saddr', neighbours).filter((each) => each.startsWith('ip6') === (family === 6))
  return ([4, 6] as const).map((family) => {
    const [known] = isIn(family)
    const others = known?.replace('saddr', 'saddr !=') ?? `meta nfproto ipv${family}`
    return line(bridge, others, 'goto of_builds')
  })
}

/** What our apps and builds may reach. Fails closed: what no line allows is refused, and says so at once. */
export function egressChains(state: FirewallState, facts: Facts): string[] {
  const policies = state.egress.flatMap((policy) => {
    const bridge = facts.appBridges.find(({ appId }) => appId === policy.appId)?.bridge
    return bridge === undefined ? [] : [{ policy, bridge }]
  })
  const built = state.egress.find(({ appId }) => appId === facts.building?.appId)
  return [
    ...policies
      .filter(({ policy }) => policy.allow.length > 0)
      .flatMap(({ policy }) => chain(`allow_${policy.appId}`, allowLines(policy))),
    ...internetChains,
    ...flowSets,
    ...chain('of_apps', [
      NEIGHBOURS,
      ANSWERS,
      ...flowLines(facts),
      ...resolverLines(facts, 'tcp'),
      ...choose(
        policies
          .filter(({ policy }) => policy.allow.length > 0)
          .map(({ policy, bridge }) => `"${bridge}" : jump allow_${policy.appId}`),
      ),
      ...hostLines(facts),
      `${OWN_BRIDGE} accept`,
      ...choose(facts.addonBridges.map((bridge) => `"${bridge}" : goto refused`)),
      ...choose(
        policies
          .map(({ policy, bridge }) => ({ bridge, where: whereTo(policy) }))
          .filter(({ where }) => where !== whereTo(DEFAULT_EGRESS))
          .map(({ bridge, where }) => `"${bridge}" : goto ${where}`),
      ),
      `goto ${whereTo(DEFAULT_EGRESS)}`,
    ]),
    ...(facts.building === null
      ? []
      : chain('of_builds', [
          NEIGHBOURS,
          ANSWERS,
          ...flowLines(facts),
          ...resolverLines(facts, 'tcp'),
          ...facts.proxies.flatMap(({ address, port }) =>
            matchNetworks('daddr', [address]).map((to) => `${to} tcp dport ${port} accept`),
          ),
          ...(built ? allowLines(built) : []),
          ...hostLines(facts),
          `${OWN_BRIDGE} goto refused`,
          `goto ${whereTo(built ?? DEFAULT_EGRESS)}`,
        ])),
  ]
}

/** What an app may begin in a second, to its own containers too: each is remembered for two minutes after its end. */
const BEGUN_PART = 1 / 256
/** Beyond its own bridge, where nobody else's memory is the limit: so many in a second, and so many at once. */
const OUTSIDE_BEGUN_PART = 1 / 1_024
const OUTSIDE_PART = 1 / 128
const BURST_SECONDS = 4
const OUTSIDE = 'fib daddr . iif oif missing'

/**
 * The kernel remembers every connection in one table, and a full one keeps everybody's new connections
 * out, visitors' and the operator's. So an app has a part of it. Counting walks through all that an app
 * has, which is why rates come first, and why it may not have many thousands. A question to a name
 * server is a connection of 30 seconds to the kernel, and programs ask twice for each call: held to the
 * first rate alone, or ten calls a second would leave an app without names.
 */
function flowLines(facts: Facts): string[] {
  const { flowsAtMost } = facts
  const begun = within(flowsAtMost * BEGUN_PART, 256, 1_024)
  const outside = within(flowsAtMost * OUTSIDE_BEGUN_PART, 64, 256)
  const atOnce = within(flowsAtMost * OUTSIDE_PART, 512, 2_048)
  return [
    `ct state new update @app_rates { iifname ${rateOver(begun)} } goto refused`,
    ...resolverLines(facts, 'udp'),
    `ct state new ${OUTSIDE} update @outside_rates { iifname ${rateOver(outside)} } goto refused`,
    `ct state new ${OUTSIDE} add @outside_flows { iifname ct count over ${atOnce} } goto refused`,
  ]
}

const rateOver = (perSecond: number): string =>
  `limit rate over ${perSecond}/second burst ${perSecond * BURST_SECONDS} packets`

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.floor(value)))

const flowSets = ['app_rates', 'outside_rates', 'outside_flows'].flatMap((name) => [
  `set ${name} {`,
  '\ttype ifname',
  '\tsize 4096',
  '\tflags dynamic',
  '}',
])

/** This machine is in most networks that somebody allows: it is meant only where it is named. */
const allowLines = ({ allow }: EgressPolicy): string[] =>
  allow.flatMap(({ cidr, protocol, ports }) =>
    matchNetworks('daddr', [cidr]).map((to) =>
      line(
        to.includes('/') && `fib daddr type != ${OF_THIS_MACHINE}`,
        to,
        matchPorts(protocol, ports),
        'accept',
      ),
    ),
  )

/** The name servers of this machine, which are often private addresses or the metadata address itself. */
const resolverLines = ({ resolvers }: Facts, protocol: 'tcp' | 'udp'): string[] =>
  matchNetworks('daddr', resolvers).map((to) => `${to} ${protocol} dport 53 accept`)

/** Of this machine: the ports where everybody's apps are, so that an app can call another by its domain. */
const hostLines = ({ proxyPorts, ports }: Facts): string[] => [
  `fib daddr type local tcp dport ${portsText(proxyPorts.map(String))} accept`,
  ...portsForApps(ports),
  `fib daddr type ${OF_THIS_MACHINE} goto refused`,
]

const choose = (entries: readonly string[]): string[] =>
  entries.length === 0 ? [] : [`iifname vmap { ${entries.join(', ')} }`]

function whereTo({ internet, smtp }: Pick<EgressPolicy, 'internet' | 'smtp'>): string {
  if (!internet) return 'refused'
  return smtp ? 'internet_and_mail' : 'internet'
}

const publicOnly = matchNetworks('daddr', PRIVATE).map((to) => `${to} goto refused`)

const internetChains = [
  ...chain('refused', [
    'counter comment "egress"',
    'meta l4proto tcp reject with tcp reset',
    'reject with icmpx admin-prohibited',
  ]),
  ...chain('internet', [...publicOnly, 'tcp dport 25 goto refused', 'accept']),
  ...chain('internet_and_mail', [...publicOnly, 'accept']),
]
