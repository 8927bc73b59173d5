import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  bareAddress,
  isOddAddress,
  isOperatorsAddress,
  isPublicAddress,
} from '@vastrox/shared/node/public-address.ts'
import { isInNetworks } from '#agent/backups/settings.ts'

const LOOKUP_MS = 5_000
const MAX_ADDRESSES = 4
/** Below it listen the services of systems, of which these alone keep backups. */
const FIRST_FREE_PORT = 1_024

/** Every address of a host name; it rejects for one that has none. */
export type Resolve = (host: string) => Promise<readonly string[]>

interface Place {
  host: string
  port: number
  /** Of the protocol. */
  usualPort: number
  /** What root allows besides the world. */
  networks: readonly string[]
}

/**
 * Where a server of backups may be connected to (rule C11): out in the world, or where root has allowed
 * it. Looked up once; whoever connects goes to these addresses and no other. Throws DESTINATION_REFUSED,
 * in the same words whether a name leads inside or nowhere, so that nobody learns the names of this network.
 */
export async function judgedAddresses(
  { host, port, usualPort, networks }: Place,
  resolve: Resolve = resolveAll,
): Promise<readonly string[]> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  const isName = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(name)
  if ((!isName && isIP(name) === 0) || isOddAddress(name)) throw refused(name)
  const found = isIP(name) === 0 ? await resolve(name).catch(() => []) : [name]
  const addresses = found.map(bareAddress)
  const isUsual = port === usualPort || port >= FIRST_FREE_PORT
  const isAllowed = (address: string): boolean =>
    isInNetworks(networks, address)
      ? isOperatorsAddress(address)
      : isPublicAddress(address) && isUsual
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw refused(name)
  return addresses.slice(0, MAX_ADDRESSES)
}

const refused = (host: string): CodedError =>
  new CodedError('DESTINATION_REFUSED', {
    reason: `${host} does not lead to a server of backups on the internet. One of your own network is allowed by root: vastrox destinations allow <address>.`,
  })

async function resolveAll(host: string): Promise<readonly string[]> {
  const late = AbortSignal.timeout(LOOKUP_MS)
  const gaveUp = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true })
  })
  const found = lookup(host, { all: true }).then((each) => each.map(({ address }) => address))
  return Promise.race([found, gaveUp])
}
