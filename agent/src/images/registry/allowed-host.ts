import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { isOddAddress, isPublicAddress } from '@vastrox/shared/node/public-address.ts'
import { PUBLIC_REGISTRY, registryName } from '@vastrox/shared/image-source.ts'
import type { RegistrySettings } from '#agent/images/registry/settings.ts'

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
  if (name === 'localhost' || isOddAddress(name)) throw refused(host)
  const addresses = isIP(name) === 0 ? await resolve(name).catch(() => []) : [name]
  if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw refused(host)
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

async function resolveAll(host: string): Promise<readonly string[]> {
  const late = AbortSignal.timeout(LOOKUP_MS)
  const gaveUp = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true })
  })
  const found = lookup(host, { all: true }).then((each) => each.map(({ address }) => address))
  return Promise.race([found, gaveUp])
}
