import { portsOf } from '@vastrox/shared/firewall-rule.ts'

export interface Ports {
  first: number
  last: number
}

/** In order, without overlaps, which nft refuses. */
export function mergePorts(ranges: readonly string[]): Ports[] {
  const merged: Ports[] = []
  for (const range of ranges.map(portsOf).toSorted((one, other) => one.first - other.first)) {
    const last = merged.at(-1)
    if (last && range.first <= last.last + 1) last.last = Math.max(last.last, range.last)
    else merged.push({ ...range })
  }
  return merged
}

export const sayPorts = ({ first, last }: Ports): string =>
  first === last ? String(first) : `${first}-${last}`
