/** A network of either family; one address is a network of all its bits. */
export interface Network {
  family: 4 | 6
  /** The first address. */
  base: bigint
  bits: number
}

const WIDTH = { 4: 32, 6: 128 } as const
const MAPPED = 0xffffn << 32n

/** Reads an address or a network that a schema has let through; bits of the host part are cleared. */
export function parseNetwork(text: string): Network {
  const [address = '', prefix] = text.split('/')
  const family = address.includes(':') ? 6 : 4
  const value = family === 4 ? valueOf4(address) : valueOf6(address)
  const bits = prefix === undefined ? WIDTH[family] : Number(prefix)
  // What a socket of both families says of an IPv4 peer.
  if (family === 6 && value >> 32n === 0xffffn && bits >= 96)
    return clear({ family: 4, base: value - MAPPED, bits: bits - 96 })
  return clear({ family, base: value, bits })
}

export const sayNetwork = ({ family, base, bits }: Network): string =>
  bits === WIDTH[family] ? sayAddress(family, base) : `${sayAddress(family, base)}/${bits}`

export const contains = (outer: Network, inner: Network): boolean =>
  outer.family === inner.family &&
  outer.bits <= inner.bits &&
  clear({ ...inner, bits: outer.bits }).base === outer.base

/** In order and without what another one holds: nft refuses sets whose intervals overlap. */
export function mergeNetworks(networks: readonly Network[]): Network[] {
  const kept: Network[] = []
  for (const network of networks.toSorted(compare)) {
    const last = kept.at(-1)
    if (!last || !contains(last, network)) kept.push(network)
  }
  return kept
}

/** What a ban is about: an IPv4 address, or the /64 of an IPv6 one, which is what one customer has. */
export function bannable(address: string): Network {
  const network = parseNetwork(address)
  return network.family === 4 || network.bits < 64 ? network : clear({ ...network, bits: 64 })
}

function compare(one: Network, other: Network): number {
  if (one.family !== other.family) return one.family - other.family
  if (one.base !== other.base) return one.base < other.base ? -1 : 1
  return one.bits - other.bits
}

function clear(network: Network): Network {
  const free = BigInt(WIDTH[network.family] - network.bits)
  return { ...network, base: (network.base >> free) << free }
}

const valueOf4 = (address: string): bigint =>
  address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)

function valueOf6(address: string): bigint {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n)
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) + group, 0n)
}

function groupsOf(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const value = valueOf4(group)
    return [value >> 16n, value & 0xffffn]
  })
}

function sayAddress(family: 4 | 6, value: bigint): string {
  if (family === 4)
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => (value >> BigInt(16 * (7 - at))) & 0xffffn)
  const { at, length } = longestZeros(groups)
  const say = (some: bigint[]): string => some.map((group) => group.toString(16)).join(':')
  if (length < 2) return say(groups)
  return `${say(groups.slice(0, at))}::${say(groups.slice(at + length))}`
}

function longestZeros(groups: readonly bigint[]): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  for (let at = 0; at < groups.length; at++) {
    let length = 0
    while (groups[at + length] === 0n) length++
    if (length > best.length) best = { at, length }
  }
  return best
}
