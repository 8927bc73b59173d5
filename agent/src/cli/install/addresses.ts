import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

interface Interface {
  name: string
  address: string
  internal: boolean
}

/** Addresses that no stranger can reach: private, shared, link-local, documentation, multicast … */
const notPublic = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4')

const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

export const isPublic = (address: string): boolean =>
  isIPv4(address) ? !notPublic.check(address, 'ipv4') : globalUnicast.check(address, 'ipv6')

/** The address that strangers reach this machine at, by its interfaces; IPv4 first. */
export function findPublicAddress(interfaces: Interface[] = readInterfaces()): string | undefined {
  const candidates = interfaces
    .filter(({ internal, address }) => !internal && isPublic(address))
    .map(({ address }) => address)
  return candidates.find((address) => isIPv4(address)) ?? candidates[0]
}

/** A domain that resolves to the address with nothing set up; localhost where only this machine has it. */
export function defaultBaseDomain(publicAddress: string): string {
  if (publicAddress.startsWith('127.') || publicAddress === '::1') return 'localhost'
  return `${publicAddress.replaceAll(/[.:]/g, '-')}.sslip.io`
}

const readInterfaces = (): Interface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, internal }) => ({ name, address, internal })),
  )
