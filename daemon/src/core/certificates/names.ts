/** Sets of names as rows know them: sorted, joined by spaces. */
export const namesKey = (names: readonly string[]): string =>
  [...new Set(names.map((name) => name.toLowerCase()))].toSorted().join(' ')

export const namesOf = (key: string): string[] => key.split(' ')

export const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':')
export const isWildcard = (name: string): boolean => name.startsWith('*.')

/**
 * Domains that give everybody names. All of their users share one quota at a CA, which is often used
 * up: such a name is tried now and then, and never waited for. (Suffixes of the public suffix list,
 * such as duckdns.org, have a quota for each name, and are names like any other.)
 */
const SHARED_SUFFIXES = [
  'sslip.io',
  'nip.io',
  'xip.io',
  'traefik.me',
  'backname.io',
  'local-ip.co',
  'lvh.me',
  'localtest.me',
  'vcap.me',
]

export const isShared = (name: string): boolean =>
  SHARED_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))

/** Names that mean something else, or nothing, to everybody else: no public CA may sign them. */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'test',
  'invalid',
  'example',
  'internal',
  'lan',
  'home',
  'corp',
  'home.arpa',
  'onion',
]

/** Whether a public CA may sign it at all: a name with a dot in the public tree, or a public address. */
export function isPublicName(name: string): boolean {
  if (isAddress(name)) return isPublicAddress(name)
  const bare = isWildcard(name) ? name.slice(2) : name
  return (
    bare.includes('.') &&
    !PRIVATE_SUFFIXES.some((suffix) => bare === suffix || bare.endsWith(`.${suffix}`))
  )
}

function isPublicAddress(address: string): boolean {
  if (address.includes(':')) return /^[23]/.test(address) && !/^2001:0?db8:/i.test(address)
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number)
  return !(
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  )
}

/** `*.example.com` covers one level, and not `example.com`. */
export function covers(certified: readonly string[], host: string): boolean {
  const parent = `*${host.slice(host.indexOf('.'))}`
  return certified.includes(host) || (host.includes('.') && certified.includes(parent))
}
