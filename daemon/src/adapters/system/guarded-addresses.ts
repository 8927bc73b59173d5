import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { bareAddress, isOddAddress, isPublicAddress } from '@vastrox/shared/node/public-address.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

interface Deps {
  /** `10.1.0.0/16`: what the operator lets us reach although it is not public. Asked each time. */
  allowed: () => readonly string[]
  /** Every address of a name; the system's resolver where left out. */
  lookupAll?: (host: string) => Promise<readonly string[]>
  /** Below 1024, which ports may be asked; those that code comes from where it is left out. */
  lowPorts?: readonly number[]
  /** What may be reached without having been allowed; what is out in the world where left out. */
  isUsable?: (address: string) => boolean
  /** Of this machine: what listens here trusts whoever comes from here, so only ports for everybody are asked. */
  own?: () => { addresses: readonly string[]; ports: readonly number[] }
}

const LOOKUP_TIMEOUT_MS = 10_000
const MAX_ADDRESSES = 8
const FIRST_FREE_PORT = 1_024
const LOW_PORTS = [22, 443]
/** Of a host name as the DNS has it; names in other letters come in their ASCII form. */
const HOST_NAME = /^[a-z0-9._-]{1,254}$/i

/** Looks a host up once; what it gives is connected to as it stands, so that a second answer changes nothing. */
export function createGuardedAddresses({
  allowed,
  lookupAll = systemLookup,
  lowPorts = LOW_PORTS,
  isUsable = isPublicAddress,
  own = () => ({ addresses: [], ports: [] }),
}: Deps): GuardedAddresses {
  return {
    async resolve(host, port, signal) {
      if (port < FIRST_FREE_PORT && !lowPorts.includes(port))
        throw refused(
          `Port ${port} of ${host} is not one that is asked for this: use ${lowPorts.join(', ')} or one from 1024 on.`,
        )
      const isAddress = isIP(host) !== 0
      if (isOddAddress(host))
        throw refused(`${host} is an address that is not written as usual: four decimal numbers.`)
      if (!isAddress && !HOST_NAME.test(host))
        throw refused(`${host.slice(0, 100)} is not the name of a host.`)
      const found = isAddress ? [host] : await named(host, signal, lookupAll)
      const permitted = blockListOf(allowed())
      const here = own()
      const usable = found.map(bareAddress).filter((address) => {
        if (isIP(address) === 0) return false
        if (contains(permitted, address)) return true
        if (!isUsable(address)) return false
        return !here.addresses.includes(address) || here.ports.includes(port)
      })
      if (usable.length === 0)
        throw refused(
          found.every((address) => isUsable(address))
            ? `${host} is this server itself, where only its public ports are asked.`
            : `${host} is at ${found.slice(0, 3).join(', ')}, which is not a public address.`,
        )
      return usable.slice(0, MAX_ADDRESSES)
    },
  }
}

const refused = (reason: string): CodedError => new CodedError('ADDRESS_REFUSED', { reason })

/** True for `10.0.0.0/8` and the like: a network whose length fits its address. */
export function isNetwork(text: string): boolean {
  const [address = '', bits = ''] = text.split('/')
  const family = isIP(address)
  return family !== 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** One list for each family: an IPv4 address counts as one of `::/16` otherwise. */
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
