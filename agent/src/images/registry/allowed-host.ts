import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { PUBLIC_REGISTRY, registryName } from '@vastrox/shared/image-source.ts'
import type { RegistrySettings } from '#agent/images/registry/settings.ts'

const V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const
const V6 = [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const

const inside = new BlockList()
for (const [address, bits] of V4) inside.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of V6) inside.addSubnet(address, bits, 'ipv6')

const LOOKUP_MS = 5_000
const MAX_ADDRESSES = 4
const HTTPS = 443
/** Below it listen the services of systems, of which one alone is a registry. */
const FIRST_FREE_PORT = 1_024

/** Every address of a host name; it rejects for one that has none. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Where a registry is reached: the engine finds it by itself, or nowhere but at these addresses. */
export type Decision = { by: 'engine' } | { by: 'address'; addresses: readonly string[] }

/**
 * Decides once where the registry of an image is (rule C11): whoever may deploy must not reach through
 * the server what they cannot reach themselves. Throws IMAGE_REFERENCE_REFUSED, in the same words
 * whether a name leads inside, leads nowhere or is not answered in time, so that nobody learns the names
 * of this network by asking. Registries that root has named are the engine's own affair.
 */
export async function decideHost(
  host: string | null,
  { mirror, allowedHosts }: RegistrySettings,
  resolve: Resolve = resolveAll,
): Promise<Decision> {
  if (host === null || host === mirror?.host || allowedHosts.includes(host)) return { by: 'engine' }
  if (registryName(host) === PUBLIC_REGISTRY) return { by: 'engine' }
  return { by: 'address', addresses: await publicAddresses(host, resolve) }
}

/** The addresses of `name` or `name:port`, all of them outside. Throws IMAGE_REFERENCE_REFUSED. */
export async function publicAddresses(
  host: string,
  resolve: Resolve = resolveAll,
): Promise<readonly string[]> {
  const { name, port } = partsOf(host)
  if (port !== HTTPS && port < FIRST_FREE_PORT) throw refused(host)
  const addresses = isIP(name) === 0 ? await resolve(name).catch(() => []) : [name]
  if (name === 'localhost' || addresses.length === 0 || addresses.some(isInside))
    throw refused(host)
  return addresses.slice(0, MAX_ADDRESSES)
}

/** `registry.example:5000`, `[2001:db8::1]:5000`; the port of HTTPS where none is given. */
export function partsOf(host: string): { name: string; port: number } {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(host) ?? []
  return { name: bracketed ?? plain, port: port === undefined ? HTTPS : Number(port) }
}

const refused = (host: string): CodedError =>
  new CodedError('IMAGE_REFERENCE_REFUSED', {
    reason: `${host} does not lead to a registry on the internet.`,
  })

/** An IPv4 address in the clothes of an IPv6 one counts as what it is. */
function isInside(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const bare = mapped ?? address
  return inside.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')
}

async function resolveAll(host: string): Promise<readonly string[]> {
  const late = AbortSignal.timeout(LOOKUP_MS)
  const gaveUp = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true })
  })
  const found = lookup(host, { all: true }).then((each) => each.map(({ address }) => address))
  return Promise.race([found, gaveUp])
}
