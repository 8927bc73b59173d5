/**
 * What counts as one caller: an IPv4 address, or the /64 of an IPv6 address, of which one person
 * has 2^64 to choose from.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%', 1).join('').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const groups = tail === undefined ? before : fill(before, after)
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

const fill = (before: string[], after: string[]): string[] => [
  ...before,
  ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'),
  ...after,
]
