import { z } from 'zod'
import { overlaps, parseSubnet, type Subnet, saySubnet, sizeOf, toNumber, toText } from './ipv4.ts'

/** Bits of an app's subnet: 1,021 addresses, so that 250 starts a day and more repeat none for 24 h. */
const APP_SUBNET_BITS = 22
const REST_MS = 24 * 3_600_000
/** Network address and gateway come first, the broadcast address last. */
const FIRST_HOST = 2

/** What is known about one app's bridge; `<data>/agent/networks/<appId>.json`. */
export const AppNetwork = z.object({
  appId: z.string(),
  subnet: z.string(),
  /** Offset of the address given last: the search goes on behind it. */
  cursor: z.int(),
  /** Address → the instance that has it. */
  taken: z.record(z.string(), z.string()),
  /** Address → when its instance was removed. */
  released: z.record(z.string(), z.iso.datetime()),
  /** When the app was removed; its subnet rests from then on. */
  removedAt: z.iso.datetime().nullable(),
})
export type AppNetwork = z.infer<typeof AppNetwork>

/**
 * A subnet that touches none of `avoid`; undefined when the range is full. The search begins at
 * `start` (0 to 1), so that installations that share the range seldom meet.
 */
export function chooseSubnet(
  range: Subnet,
  avoid: readonly Subnet[],
  start: number,
): Subnet | undefined {
  const count = 2 ** (APP_SUBNET_BITS - range.bits)
  const step = 2 ** (32 - APP_SUBNET_BITS)
  const first = Math.floor(start * count)
  for (let turn = 0; turn < count; turn++) {
    const index = (first + turn) % count
    const candidate = { base: range.base + index * step, bits: APP_SUBNET_BITS }
    if (!avoid.some((other) => overlaps(candidate, other))) return candidate
  }
  return undefined
}

/** Addresses for the names, the same again for a name that has one; undefined when none is left. */
export function takeAddresses(
  network: AppNetwork,
  names: readonly string[],
  now: Date,
): { network: AppNetwork; addresses: Record<string, string> } | undefined {
  const next = forgetOld(network, now)
  const held = new Map(Object.entries(next.taken).map(([address, name]) => [name, address]))
  const addresses: Record<string, string> = {}
  for (const name of names) {
    const address = held.get(name) ?? nextFree(next)
    if (address === undefined) return undefined
    if (!held.has(name)) {
      next.taken[address] = name
      next.cursor = toNumber(address) - parseSubnet(next.subnet).base
    }
    addresses[name] = address
  }
  return { network: next, addresses }
}

/** The names' addresses rest from now on. */
export function releaseAddresses(
  network: AppNetwork,
  names: ReadonlySet<string>,
  now: Date,
): AppNetwork {
  const next = forgetOld(network, now)
  for (const [address, name] of Object.entries(next.taken)) {
    if (!names.has(name)) continue
    delete next.taken[address]
    next.released[address] = now.toISOString()
  }
  return next
}

export const gatewayOf = (network: AppNetwork): string =>
  toText(parseSubnet(network.subnet).base + 1)

/** The one that is given out last, after a thousand others. */
export function lastAddressOf(network: AppNetwork): string {
  const subnet = parseSubnet(network.subnet)
  return toText(subnet.base + sizeOf(subnet) - 2)
}

export const freshNetwork = (appId: string, subnet: Subnet): AppNetwork => ({
  appId,
  subnet: saySubnet(subnet),
  cursor: FIRST_HOST - 1,
  taken: {},
  released: {},
  removedAt: null,
})

export const isResting = (since: string, now: Date): boolean =>
  now.getTime() - Date.parse(since) < REST_MS

function forgetOld(network: AppNetwork, now: Date): AppNetwork {
  const released = Object.entries(network.released).filter(([, since]) => isResting(since, now))
  return { ...network, taken: { ...network.taken }, released: Object.fromEntries(released) }
}

function nextFree(network: AppNetwork): string | undefined {
  const subnet = parseSubnet(network.subnet)
  const usable = sizeOf(subnet) - FIRST_HOST - 1
  for (let turn = 1; turn <= usable; turn++) {
    const offset = FIRST_HOST + ((network.cursor - FIRST_HOST + turn) % usable)
    const address = toText(subnet.base + offset)
    if (!Object.hasOwn(network.taken, address) && !Object.hasOwn(network.released, address))
      return address
  }
  return undefined
}
