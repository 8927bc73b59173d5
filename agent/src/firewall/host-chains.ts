import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { openExceptions } from '#agent/firewall/exception-chains.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { openPorts } from '#agent/firewall/port-chains.ts'
import { ruleLines } from '#agent/firewall/rule-lines.ts'
import { chain, line, matchNetworks, matchPorts } from '#agent/firewall/text.ts'

/** Without these nobody has a network at all: path MTU, neighbours, routers, DHCP, and answers. */
const NECESSARY = [
  'icmp type { destination-unreachable, time-exceeded, parameter-problem } accept',
  'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, mld-listener-query, mld-listener-report, mld-listener-done, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept',
  'udp sport 67 udp dport 68 accept',
  'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
  'ct direction reply ct state established,related accept',
]

/** A connection that stands is not looked at again; a datagram is, so that closing a port ends what goes on. */
const STANDING = 'meta l4proto tcp ct state established,related accept'

const PORTED = '{ tcp, udp, dccp, sctp, udplite }'

/** What asks for a port of this machine: bans, caps, pins, the operator's rules, then what is open anyway. */
export function hostChains(state: FirewallState, facts: Facts): string[] {
  return [
    ...chain('to_host', [
      ...NECESSARY,
      ...pins(state, facts).filter((pin) => pin.includes(' saddr ')),
      'ip saddr @free4 goto unbanned',
      'ip6 saddr @free6 goto unbanned',
      'ip saddr @banned4 goto closed',
      'ip6 saddr & ffff:ffff:ffff:ffff:: @banned6 goto closed',
      STANDING,
      ...pins(state, facts),
      ...caps(state),
      'goto rules',
    ]),
    ...chain('unbanned', [STANDING, ...pins(state, facts), 'goto rules']),
    ...chain('rules', [
      ...state.rules.flatMap((rule) => ruleLines(rule, facts.instance)),
      ...openPorts(facts.ports),
      ...openExceptions(facts.exceptions),
      ...openAnyway(state, facts),
      // Ping, and what has no ports: tunnels and routing are not this firewall's to break.
      `meta l4proto != ${PORTED} accept`,
      'goto closed',
    ]),
    ...chain('closed', [
      'meta l4proto { tcp, udp } update @closed { meta l4proto . th dport counter }',
      'meta l4proto { tcp, udp } update @closed_from4 { meta l4proto . th dport . ip saddr }',
      'meta l4proto { tcp, udp } update @closed_from6 { meta l4proto . th dport . ip6 saddr }',
      state.mode === 'enforce' ? 'counter drop' : 'counter accept',
    ]),
  ]
}

/** Those of one source come before bans, too: whoever is pinned was never to be locked out. */
const pins = ({ pinned }: FirewallState, { operators }: Facts): string[] =>
  [...pinned, ...operators].flatMap(({ protocol, port, source }) =>
    (source === null ? [''] : matchNetworks('saddr', [source])).map((from) =>
      line(from, `${protocol} dport ${port} accept`),
    ),
  )

const caps = ({ maxConnectionsPerSource: most }: FirewallState): string[] =>
  most === 0
    ? []
    : [
        `ct state new add @sources4 { ip saddr ct count over ${most} } goto closed`,
        `ct state new add @sources6 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over ${most} } goto closed`,
      ]

/** Whether a ruleset of ours, as text, lets everybody in at this TCP port unless a rule says otherwise. */
export function isOpenAnyway(text: string | undefined, port: number): boolean {
  const [, ports] = OPEN_ANYWAY.exec(text ?? '') ?? []
  return (ports ?? '').split(/[{}, ]+/).some((range) => {
    const [first = '', last = first] = range.split('-')
    return first !== '' && Number(first) <= port && port <= Number(last)
  })
}
const OPEN_ANYWAY =
  /\n\s*tcp dport (\{[^}]*\}|\d+(?:-\d+)?) accept\n(?:\s*udp dport [^\n]* accept\n)?\s*meta l4proto != /

/** The product's own ports, sshd's, and listeners of others that are to stay open. */
function openAnyway({ keepOpen }: FirewallState, facts: Facts): string[] {
  const open = [
    ...facts.productPorts,
    ...facts.sshPorts.map((port) => ({ protocol: 'tcp' as const, ports: String(port) })),
    ...keepOpen.map(({ protocol, port }) => ({ protocol, ports: String(port) })),
  ]
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = open.filter((each) => each.protocol === protocol).map((each) => each.ports)
    return ports.length === 0 ? [] : [line(matchPorts(protocol, ports), 'accept')]
  })
}
