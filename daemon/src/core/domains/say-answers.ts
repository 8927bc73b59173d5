import { knownNetworkOf } from '#core/domains/known-networks.ts'

const MAX_NAMED = 3

/** `203.0.113.9 (Cloudflare), 203.0.113.10 and 2 more`. */
export function sayAddresses(addresses: readonly string[]): string {
  const named = addresses.slice(0, MAX_NAMED).map((address) => {
    const known = knownNetworkOf(address)
    return known ? `${address} (${known.name})` : address
  })
  const more = addresses.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}

export const sayMinutes = (seconds: number): string => {
  const minutes = Math.ceil(seconds / 60)
  if (minutes <= 1) return 'a minute'
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}
