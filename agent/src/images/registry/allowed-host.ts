import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
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
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const

const inside = new BlockList()
for (const [address, bits] of V4) inside.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of V6) inside.addSubnet(address, bits, 'ipv6')

const LOOKUP_MS = 5_000

type Resolve = (host: string) => Promise<readonly string[]>

/**
 * Throws IMAGE_REFERENCE_REFUSED for a registry at an address of this machine or network that root has
 * not allowed (rule C11): whoever may deploy must not reach through the engine what they cannot reach
 * themselves. A name that cannot be resolved is left to the engine, which says so.
 */
export async function mustBeAllowedHost(
  host: string | null,
  { mirror, allowedHosts }: RegistrySettings,
  resolve: Resolve = resolveAll,
): Promise<void> {
  if (host === null || host === mirror?.host || allowedHosts.includes(host)) return
  const name = host.replace(/:\d+$/, '')
  const addresses = isIP(name) === 0 ? await resolve(name) : [name]
  if (name === 'localhost' || addresses.some(isInside))
    throw new CodedError('IMAGE_REFERENCE_REFUSED', {
      reason: `${host} is an address inside this network; images are not fetched from there unless an administrator allows it: vastrox registry --allow ${host}`,
    })
}

/** An IPv4 address in the clothes of an IPv6 one counts as what it is. */
function isInside(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const bare = mapped ?? address
  return inside.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')
}

async function resolveAll(host: string): Promise<readonly string[]> {
  const late = AbortSignal.timeout(LOOKUP_MS)
  const gaveUp = new Promise<never[]>((resolve) => {
    late.addEventListener('abort', () => resolve([]), { once: true })
  })
  const found = lookup(host, { all: true })
    .then((each) => each.map(({ address }) => address))
    .catch(() => [])
  return Promise.race([found, gaveUp])
}
