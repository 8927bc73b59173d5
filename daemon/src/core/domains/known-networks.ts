import { PROXY_PRESETS } from '#core/routing/proxy-presets.ts'
import { createAddressList } from '#lib/address-list.ts'

/** Addresses that the internet does not lead to. */
const notPublic = createAddressList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
])
export const isPublicAddress = (address: string): boolean => !notPublic.has(address)

export type NetworkKind = 'cloudflare' | 'parking' | 'host'
export interface KnownNetwork {
  kind: NetworkKind
  name: string
}

const network = (kind: NetworkKind, name: string, ranges: readonly string[]) => ({
  known: { kind, name },
  list: createAddressList(ranges),
})

/** Where domains lead that somebody has forgotten to point anew: the usual ones, for a better sentence. */
const NETWORKS = [
  network('cloudflare', 'Cloudflare', PROXY_PRESETS.cloudflare.networks),
  network('parking', 'a parking page of GoDaddy', [
    '34.102.136.180/32',
    '3.33.130.190/32',
    '15.197.148.33/32',
  ]),
  network('parking', 'a parking page of Namecheap', ['162.255.119.0/24', '192.64.119.0/24']),
  network('parking', 'a parking page of Sedo', ['91.195.240.0/23']),
  network('parking', 'a parking page of Bodis', ['199.59.240.0/22']),
  network('parking', 'a parking page of ParkingCrew', ['185.53.176.0/22']),
  network('parking', 'a parking page of Above.com', ['103.224.182.0/23']),
  network('host', 'GitHub Pages', ['185.199.108.0/22', '2606:50c0:8000::/46']),
  network('host', 'Vercel', ['76.76.21.0/24', '66.33.60.0/24']),
  network('host', 'Netlify', ['75.2.60.5/32', '99.83.231.61/32']),
  network('host', 'Shopify', ['23.227.38.0/24']),
  network('host', 'Squarespace', ['198.185.159.0/24', '198.49.23.0/24']),
  network('host', 'Wix', ['185.230.60.0/22']),
]

/** Whose address it is, where it is one of the well-known ones. */
export const knownNetworkOf = (address: string): KnownNetwork | undefined =>
  NETWORKS.find(({ list }) => list.has(address))?.known

/** Names in which every label says an address: their certificates share one quota at a CA. */
const SHARED_SUFFIXES = ['sslip.io', 'nip.io', 'xip.io', 'traefik.me', 'lvh.me', 'localtest.me']
export const sharedSuffixOf = (host: string): string | undefined =>
  SHARED_SUFFIXES.find((suffix) => host === suffix || host.endsWith(`.${suffix}`))

/** RFC 6761, 6762, 7686, 8375, 9476 and the like: the DNS of the world has none of these. */
const PRIVATE_ENDINGS = [
  'alt',
  'arpa',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'test',
]
export const privateEndingOf = (host: string): string | undefined =>
  PRIVATE_ENDINGS.find((ending) => host.endsWith(`.${ending}`))
