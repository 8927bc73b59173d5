import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

const MAPPED = /^::ffff:(?=\d+\.)/i

/** Addresses and networks in CIDR notation, of both families; what cannot be read is in none. */
export function createAddressList(ranges: readonly string[]) {
  // One for each family: `::/16` would hold every IPv4 address otherwise.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const version = isIP(address)
    if (version === 0) continue
    const most = version === 6 ? 128 : 32
    const bits = prefix === undefined ? most : Number(prefix)
    if (Number.isInteger(bits) && bits >= 0 && bits <= most)
      lists[familyOf(version)].addSubnet(address, bits, familyOf(version))
  }
  return {
    /** An address, or a network by its first address. */
    has(text: string): boolean {
      const address = text.replace(MAPPED, '').split('/', 1).join('')
      const version = isIP(address)
      return version !== 0 && lists[familyOf(version)].check(address, familyOf(version))
    },
  }
}

export type AddressList = ReturnType<typeof createAddressList>

const familyOf = (version: number): 'ipv4' | 'ipv6' => (version === 6 ? 'ipv6' : 'ipv4')

export const isAddress = (text: string): boolean => isIP(text) !== 0

const loopback = createAddressList(['127.0.0.0/8', '::1/128'])
export const isLoopback = (address: string): boolean => loopback.has(address)

/** Also by one of its own addresses: such a connection never leaves the machine. */
export const isOfThisMachine = (address: string): boolean =>
  isLoopback(address) ||
  Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((one) => one.address === address.replace(MAPPED, '')),
  )
