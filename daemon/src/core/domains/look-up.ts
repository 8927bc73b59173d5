import type { AddressRecord, Dns, DnsAnswer, DnsView } from '#ports/dns.ts'

/** Where a name leads, as one side tells it. */
export interface Trail {
  /** CNAMEs on the way, in order. */
  chain: readonly string[]
  /** The chain bites its tail, or goes on for too long. */
  isLoop: boolean
  v4: DnsAnswer<AddressRecord>
  v6: DnsAnswer<AddressRecord>
}

export interface LookedUp {
  /** What resolvers say, caches included. */
  resolvers: Trail
  /** What the zone's own servers say; undefined where they cannot be asked. */
  zone: { name: string; servers: readonly string[]; trail: Trail } | undefined
}

const MAX_CHAIN = 8

/** Asks both sides. A wildcard is asked for by a label that nobody has. */
export async function lookUp(dns: Dns, host: string, signal: AbortSignal): Promise<LookedUp> {
  const name = host.replace(/^\*\./, 'vastrox-check.')
  const [resolvers, zone] = await Promise.all([
    follow(dns.resolvers, name, signal),
    dns.zoneServers(host, signal),
  ])
  if (!zone) return { resolvers, zone: undefined }
  const trail = await follow(within(zone.zone, zone.view, dns.resolvers), name, signal)
  return { resolvers, zone: { name: zone.zone, servers: zone.names, trail } }
}

/** A zone's servers know nothing of names outside of it. */
function within(zone: string, inside: DnsView, outside: DnsView): DnsView {
  const viewFor = (name: string): DnsView => (isBeneath(name, zone) ? inside : outside)
  return {
    v4: (name, signal) => viewFor(name).v4(name, signal),
    v6: (name, signal) => viewFor(name).v6(name, signal),
    cname: (name, signal) => viewFor(name).cname(name, signal),
    caa: (name, signal) => viewFor(name).caa(name, signal),
    txt: (name, signal) => viewFor(name).txt(name, signal),
  }
}

const isBeneath = (name: string, zone: string): boolean =>
  name === zone || name.endsWith(`.${zone}`)

async function follow(view: DnsView, host: string, signal: AbortSignal): Promise<Trail> {
  const chain: string[] = []
  let name = host
  for (;;) {
    const answer = await view.cname(name, signal)
    const next = answer.kind === 'found' ? answer.values[0] : undefined
    if (next === undefined) break
    if (next === host || chain.includes(next) || chain.length >= MAX_CHAIN)
      return { chain: [...chain, next], isLoop: true, v4: { kind: 'none' }, v6: { kind: 'none' } }
    chain.push(next)
    name = next
  }
  const [v4, v6] = await Promise.all([view.v4(name, signal), view.v6(name, signal)])
  return { chain, isLoop: false, v4, v6 }
}

export const addressesOf = ({ v4, v6 }: Trail): string[] =>
  [v4, v6].flatMap((answer) =>
    answer.kind === 'found' ? answer.values.map(({ address }) => address) : [],
  )

/** An answer of some kind came: addresses, or that there are none. */
export const isAnswered = (trail: Trail): boolean =>
  trail.isLoop ||
  [trail.v4, trail.v6].some(
    ({ kind }) => kind !== 'timeout' && kind !== 'refused' && kind !== 'failed',
  )
