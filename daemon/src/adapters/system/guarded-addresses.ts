import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

interface Deps {
  /** `10.1.0.0/16`: what the operator lets us reach although it is not public. Asked each time. */
  allowed: () => readonly string[]
  /** Every address of a name; the system's resolver where left out. */
  lookupAll?: (host: string) => Promise<readonly string[]>
  /** Below 1024, which ports may be asked; those that code comes from where it is left out. */
  lowPorts?: readonly number[]
}

const LOOKUP_TIMEOUT_MS = 10_000
const MAX_ADDRESSES = 8
const FIRST_FREE_PORT = 1_024
const LOW_PORTS = [22, 443]

/** Rule C11, and what else is not out in the world: multicast, documentation, tunnels into IPv4. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/16',
  '64:ff9b::/32',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
]

/** Looks a host up once; what it gives is connected to as it stands, so that a second answer changes nothing. */
export function createGuardedAddresses({
  allowed,
  lookupAll = systemLookup,
  lowPorts = LOW_PORTS,
}: Deps): GuardedAddresses {
  const notPublic = blockListOf(NOT_PUBLIC)

  return {
    async resolve(host, port, signal) {
      if (port < FIRST_FREE_PORT && !lowPorts.includes(port))
        throw new CodedError('ADDRESS_REFUSED', {
          reason: `Port ${port} of ${host} is not one that code comes from: use 443, 22 or one from 1024 on.`,
        })
      const found = isIP(host) === 0 ? await named(host, signal, lookupAll) : [host]
      const permitted = blockListOf(allowed())
      const usable = found
        .map(withoutMapping)
        .filter((address) => !contains(notPublic, address) || contains(permitted, address))
      if (usable.length === 0)
        throw new CodedError('ADDRESS_REFUSED', {
          reason: `${host} is at ${found.slice(0, 3).join(', ')}, which is not a public address.`,
        })
      return usable.slice(0, MAX_ADDRESSES)
    },
  }
}

/** True for `10.0.0.0/8` and the like: a network whose length fits its address. */
export function isNetwork(text: string): boolean {
  const [address = '', bits = ''] = text.split('/')
  const family = isIP(address)
  return family !== 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** One list for each family: an IPv4 address counts as one of `::/16` otherwise, and none is public. */
function blockListOf(networks: readonly string[]): Record<'ipv4' | 'ipv6', BlockList> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const network of networks.filter(isNetwork)) {
    const [address = '', bits = ''] = network.split('/')
    lists[familyOf(address)].addSubnet(address, Number(bits), familyOf(address))
  }
  return lists
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

const contains = (lists: ReturnType<typeof blockListOf>, address: string): boolean =>
  lists[familyOf(address)].check(address, familyOf(address))

/** An IPv4 address in the clothes of IPv6 is judged as what it is. */
function withoutMapping(address: string): string {
  if (isIPv4(address)) return address
  const [plain = ''] = address.split('%')
  const { address: written } = new SocketAddress({ address: plain, family: 'ipv6' })
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(written)?.[1] ?? plain
}

async function named(
  host: string,
  signal: AbortSignal | undefined,
  lookupAll: NonNullable<Deps['lookupAll']>,
): Promise<readonly string[]> {
  const limit = AbortSignal.timeout(LOOKUP_TIMEOUT_MS)
  const either = signal ? AbortSignal.any([signal, limit]) : limit
  const { promise: late, reject } = Promise.withResolvers<never>()
  either.addEventListener('abort', () => reject(either.reason), { once: true })
  try {
    const found = await Promise.race([lookupAll(host), late])
    if (found.length === 0) throw new Error('no address')
    return found
  } catch (cause) {
    throw new CodedError('HOST_NOT_FOUND', { reason: `The host ${host} was not found.` }, { cause })
  }
}

function systemLookup(host: string): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  lookup(host, { all: true, verbatim: true }, (error, found: readonly LookupAddress[]) =>
    error ? reject(error) : resolve(found.map(({ address }) => address)),
  )
  return promise
}
