import { createHash } from 'node:crypto'
import type { FirewallEffect } from '@vastrox/shared/agent-api-firewall.ts'
import { type FirewallSet, type FirewallState, portsOf } from '@vastrox/shared/firewall-rule.ts'
import { parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { isServed, rangeOf } from '#agent/firewall/loaded-port.ts'

type Reach = FirewallEffect['before']
type Protocol = 'tcp' | 'udp'

/** What decides about one port, in order. No sources: everybody. */
export interface Entry {
  verdict: 'allow' | 'deny' | 'limit'
  sources: readonly string[]
  rate: number
  /** When it ends; Infinity for what stays. */
  until: number
}

interface PortedEntry extends Entry {
  protocol: Protocol | 'any'
  ports: readonly { first: number; last: number }[]
}

export interface Loaded {
  state: FirewallState
  facts: Facts
  now: Date
}

const PROTOCOLS = ['tcp', 'udp'] as const
const ALL_PORTS = [{ first: 1, last: 65_535 }]
const OPEN_TO_ALL: Entry = { verdict: 'allow', sources: [], rate: 0, until: Infinity }
const CLOSED_TO_ALL: Entry = { verdict: 'deny', sources: [], rate: 0, until: Infinity }
/** More ports than this to look at, and a change counts as closing something. */
const MOST_POINTS = 4_000

/** Who reaches a port of this machine, by the same order as the ruleset has. */
export function reachIn(loaded: Loaded): (protocol: Protocol, port: number) => Reach {
  const entriesAt = prepare(loaded, asOne)
  return (protocol, port) => reachBy(entriesAt(protocol, port))
}

function reachBy(entries: readonly Entry[]): Reach {
  let somebody = false
  let someOnly = false
  for (const { verdict, sources } of entries) {
    if (verdict === 'limit' && sources.length === 0) return 'limited'
    if (verdict === 'allow' && sources.length === 0) return someOnly ? 'limited' : 'open'
    if (verdict === 'deny' && sources.length === 0) return somebody ? 'limited' : 'closed'
    if (verdict !== 'deny') somebody = true
    if (verdict !== 'allow') someOnly = true
  }
  return somebody ? 'limited' : 'closed'
}

/**
 * Whether anybody loses a way in. Every port at which the answer can change is looked at; where it
 * cannot be told for sure the answer is yes, which costs a confirmation and locks nobody out.
 */
export function closesAnything(before: Loaded, after: Loaded): boolean {
  if (after.state.mode !== 'enforce') return false
  if (isTighter(before.state, after.state)) return true
  const points = pointsOf(before, after)
  if (points.length > MOST_POINTS) return true
  const old = prepare(before, asOne)
  const fresh = prepare(after, asOne)
  return PROTOCOLS.some((protocol) =>
    points.some((port) => {
      const [were, are] = [old(protocol, port), fresh(protocol, port)]
      if (isOpenForGood(are) || reachBy(were) === 'closed') return false
      return !onlyOpens(were, are)
    }),
  )
}

/** Open, and not only until some rule ends. */
const isOpenForGood = (entries: readonly Entry[]): boolean =>
  reachBy(entries.filter(({ verdict, until }) => verdict === 'deny' || until === Infinity)) ===
  'open'

function isTighter(before: FirewallState, after: FirewallState): boolean {
  const capOf = (state: FirewallState): number =>
    state.mode !== 'enforce' || state.maxConnectionsPerSource === 0
      ? Infinity
      : state.maxConnectionsPerSource
  const icmp = (state: FirewallState): string =>
    JSON.stringify(
      state.mode === 'enforce'
        ? state.rules.filter((rule) => rule.ports.length === 0 && rule.action !== 'log')
        : [],
    )
  return capOf(after) < capOf(before) || (closesPing(after) && icmp(before) !== icmp(after))
}

/** What has no ports is open unless a rule about everything, or about ICMP, closes it. */
const closesPing = ({ rules }: FirewallState): boolean =>
  rules.some(
    ({ action, protocol, ports }) =>
      (action === 'deny' || action === 'limit') &&
      ports.length === 0 &&
      (protocol === 'icmp' || protocol === 'any'),
  )

const byMembers = ({ members }: FirewallSet): readonly string[] => members

/**
 * A set under a name that says whether two are the same: thousands of rules may name one of ten
 * thousand members.
 */
const asOne = ({ name, members }: FirewallSet): readonly string[] => {
  const digest = createHash('sha256').update(members.toSorted().join(' ')).digest('hex')
  return members.length === 0 ? [] : [`@${name} ${digest}`]
}

/**
 * What decides about a port, in order; the last entry is about everybody. Every entry with its ports as
 * numbers, so that thousands of ports can be asked about; `membersOf` says how sets stand in it.
 */
export function prepare(
  { state, facts, now }: Loaded,
  membersOf: (set: FirewallSet) => readonly string[] = byMembers,
): (protocol: Protocol, port: number) => Entry[] {
  if (state.mode !== 'enforce') return () => [OPEN_TO_ALL]
  const pins = [...state.pinned, ...facts.operators].map(
    ({ protocol, port, source }): PortedEntry => ({
      verdict: 'allow',
      sources: source === null ? [] : [sayNetwork(parseNetwork(source))],
      rate: 0,
      until: Infinity,
      protocol,
      ports: [{ first: port, last: port }],
    }),
  )
  const members = new Map(state.sets.map((set) => [`@${set.name}`, membersOf(set)]))
  const rules = state.rules.flatMap((rule): PortedEntry[] => {
    if (rule.action === 'log' || rule.protocol === 'icmp') return []
    if (rule.expiresAt !== null && Date.parse(rule.expiresAt) <= now.getTime()) return []
    const sources = rule.sources.flatMap((source) => members.get(source) ?? [source]).toSorted()
    // A set without members fits nobody.
    if (rule.sources.length > 0 && sources.length === 0) return []
    return [
      {
        verdict: rule.action,
        sources,
        rate: rule.ratePerMinute ?? 0,
        until: rule.expiresAt === null ? Infinity : Date.parse(rule.expiresAt),
        protocol: rule.protocol,
        ports: rule.ports.length === 0 ? ALL_PORTS : rule.ports.map(portsOf),
      },
    ]
  })
  const anyway = [
    ...facts.productPorts.map(({ protocol, ports }) => ({ protocol, ports: portsOf(ports) })),
    ...facts.sshPorts.map((port) => ({
      protocol: 'tcp' as const,
      ports: { first: port, last: port },
    })),
    ...state.keepOpen.map(({ protocol, port }) => ({
      protocol,
      ports: { first: port, last: port },
    })),
  ].map(({ protocol, ports }): PortedEntry => ({ ...OPEN_TO_ALL, protocol, ports: [ports] }))
  const led = facts.ports.filter(isServed).map(
    ({ protocol, first, last, sources }): PortedEntry => ({
      ...OPEN_TO_ALL,
      sources,
      protocol,
      ports: [{ first, last }],
    }),
  )
  const excepted = facts.exceptions.flatMap(({ from, hostPort, until }): PortedEntry[] =>
    Date.parse(until) <= now.getTime()
      ? []
      : [
          {
            ...OPEN_TO_ALL,
            sources: [from],
            until: Date.parse(until),
            protocol: 'tcp',
            ports: [{ first: hostPort, last: hostPort }],
          },
        ],
  )
  const all = [...pins, ...rules, ...led, ...excepted, ...anyway]
  return (protocol, port) => [
    ...all.filter((entry) => isAbout(entry, protocol, port)),
    CLOSED_TO_ALL,
  ]
}

/** Allowing more, or denying less, on the way from one list to the other: nobody loses by that. */
function onlyOpens(before: readonly Entry[], after: readonly Entry[]): boolean {
  let at = 0
  let next = 0
  while (at < before.length || next < after.length) {
    const old = before[at]
    const fresh = after[next]
    if (old && fresh && isSame(old, fresh)) {
      at += 1
      next += 1
    } else if (fresh?.verdict === 'allow') next += 1
    else if (old?.verdict === 'deny') at += 1
    else return false
  }
  return true
}

/** What lets in may last longer, and what keeps out may end sooner, and nobody loses by it. */
const isSame = (old: Entry, fresh: Entry): boolean =>
  old.verdict === fresh.verdict &&
  old.rate <= fresh.rate &&
  (old.verdict === 'deny' ? fresh.until <= old.until : old.until <= fresh.until) &&
  old.sources.length === fresh.sources.length &&
  old.sources.every((source, at) => source === fresh.sources[at])

const isAbout = (entry: PortedEntry, protocol: Protocol, port: number): boolean =>
  (entry.protocol === 'any' || entry.protocol === protocol) &&
  entry.ports.some(({ first, last }) => first <= port && port <= last)

/** Every port where a range begins, and the one behind where it ends: between them nothing changes. */
function pointsOf(...states: readonly Loaded[]): number[] {
  const points = new Set([1])
  for (const { state, facts } of states) {
    const ranges = [
      ...state.rules.flatMap(({ ports }) => ports),
      ...facts.productPorts.map(({ ports }) => ports),
      ...[...state.keepOpen, ...state.pinned, ...facts.operators].map(({ port }) => String(port)),
      ...facts.sshPorts.map(String),
      ...facts.ports.map(rangeOf),
      ...facts.exceptions.map(({ hostPort }) => String(hostPort)),
    ]
    for (const { first, last } of ranges.map(portsOf)) points.add(first).add(last + 1)
  }
  return [...points].filter((port) => port <= 65_535)
}
