import { networkInterfaces } from 'node:os'
import { isPublic } from '#agent/cli/install/addresses.ts'
import { isOfContainers, type OwnAddress } from '#agent/exposure/bind-reach.ts'
import { parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'

/** Every address of this network namespace, loopback apart. */
export const readOwnAddresses = (): OwnAddress[] =>
  Object.entries(networkInterfaces()).flatMap(([device, addresses]) =>
    (addresses ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address, cidr }) => ({
        device,
        address,
        network: cidr === null ? address : sayNetwork(parseNetwork(cidr)),
      })),
  )

/** Those at which others find this machine, public ones first; at most one of each family and device. */
export function machineAddresses(own: readonly OwnAddress[]): string[] {
  const found = own
    .filter(({ device, address }) => !isOfContainers(device) && !address.startsWith('fe80:'))
    .toSorted((one, other) => Number(isPublic(other.address)) - Number(isPublic(one.address)))
  const firsts = new Map<string, string>()
  for (const { device, address } of found) {
    const key = `${device} ${address.includes(':')}`
    if (!firsts.has(key)) firsts.set(key, address)
  }
  return [...firsts.values()]
}

export const hasPublic = (own: readonly OwnAddress[]): boolean =>
  own.some(({ address }) => isPublic(address))
