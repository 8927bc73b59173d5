import { isIPv4 } from 'node:net'
import { isPublic } from '#agent/cli/install/addresses.ts'

/** An address of this machine, with the network that it is on. */
export interface OwnAddress {
  /** Such as `eth0`. */
  device: string
  address: string
  /** `10.0.0.0/24` */
  network: string
}

/** Who gets to a socket by where it listens alone, the widest first. */
export type BindReach =
  | { reach: 'world'; because: string }
  | { reach: 'some'; to: string[]; because: string }
  | { reach: 'machine'; because: string }

/** By one address that a socket is bound to. */
export function bindReach(address: string, own: readonly OwnAddress[]): BindReach {
  if (isAny(address)) return { reach: 'world', because: 'It listens on all addresses.' }
  if (isLoopback(address))
    return { reach: 'machine', because: 'It listens on the loopback address only.' }
  const found = own.find((each) => each.address === address)
  if (found && isOfContainers(found.device))
    return {
      reach: 'some',
      to: [`containers on ${found.device}`],
      because: `It listens on ${address}, the address of ${found.device}.`,
    }
  if (address.startsWith('fe80:'))
    return {
      reach: 'some',
      to: [`neighbours on ${found?.device ?? 'one network'}`],
      because: `It listens on ${address}, which no router passes on.`,
    }
  if (isMulticast(address))
    return {
      reach: 'some',
      to: ['neighbours on its networks'],
      because: `It listens to the group ${address}.`,
    }
  if (isPublic(address)) return { reach: 'world', because: `It listens on ${address}.` }
  return {
    reach: 'some',
    to: [found?.network ?? address],
    because: `It listens on ${address}, which is a private address.`,
  }
}

/** The widest of all addresses that one program listens on at one port. */
export function widest(reaches: readonly BindReach[]): BindReach {
  const [first] = reaches
  const world = reaches.find(({ reach }) => reach === 'world')
  if (world) return world
  const some = reaches.filter((each) => each.reach === 'some')
  if (some.length === 0) return first ?? { reach: 'machine', because: '' }
  return {
    reach: 'some',
    to: [...new Set(some.flatMap(({ to }) => to))],
    because: some.map(({ because }) => because).join(' '),
  }
}

export const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::'

export const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1'

/** Bridges of engines and of ours. */
export const isOfContainers = (device: string): boolean =>
  /^(docker\d+|br-[0-9a-f]{12}|vx[0-9a-f]{6}.*|podman\d+|cni.*|docker_gwbridge)$/.test(device)

const isMulticast = (address: string): boolean =>
  isIPv4(address) ? /^(22[4-9]|23\d)\./.test(address) : address.startsWith('ff')
