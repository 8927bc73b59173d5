import { BlockList, isIP } from 'node:net'

/** Peers whose forwarding headers are believed (rule P3): CIDR ranges and single addresses. */
export function createTrustedPeers(ranges: readonly string[]) {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) continue
    const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix)
    if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 'ipv6' ? 128 : 32))
      list.addSubnet(address, bits, family)
  }

  const trusts = (address: string): boolean =>
    ranges.length > 0 &&
    isIP(address) !== 0 &&
    list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return {
    trusts,
    /** The visitor behind trusted proxies: the last address of the chain that none of them vouches for. */
    visitorOf(peer: string, chain: string | undefined): string {
      if (chain === undefined) return peer
      let visitor = peer
      for (const entry of chain.split(',').toReversed()) {
        if (!trusts(visitor)) return visitor
        const address = entry.trim()
        if (isIP(address) === 0) return visitor
        visitor = address
      }
      return visitor
    },
  }
}
export type TrustedPeers = ReturnType<typeof createTrustedPeers>

const MAPPED = '::ffff:'

export const peerAddress = (remote: string | undefined): string => {
  if (remote === undefined) return ''
  return remote.startsWith(MAPPED) ? remote.slice(MAPPED.length) : remote
}
