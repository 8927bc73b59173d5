import type { Contestant } from './proxy-contestants.ts'
import { loadByH2load, loadBySpread } from './proxy-load.ts'
import { median } from './statistics.ts'

export interface HalfLoad {
  proxy: string
  /** Each visitor by himself, or all of them within a tenth of a millisecond. */
  arrivals: 'spread' | 'together'
  perSecond: number
  p99Ms: number
  /** More than the upstream alone takes at the same rate. */
  addedP99Ms: number
}

interface Options {
  rounds: number
  seconds: number
  perSecond: number
  directory: string
}

const CONNECTIONS = 32
const LOADS = { spread: loadBySpread, together: loadByH2load }
export const ALONE = 'upstream alone'

/**
 * Half of what ours can do, at a constant rate for everybody: what a proxy adds when nothing is full.
 * h2load asks on all of its connections at once, so the slowest of a burst is what its p99 tells:
 * visitors that come by themselves are measured beside it.
 */
export async function atHalfLoad(
  contestants: readonly Contestant[],
  { rounds, seconds, perSecond, directory }: Options,
): Promise<HalfLoad[]> {
  const found: HalfLoad[] = []
  for (const arrivals of ['spread', 'together'] as const) {
    const taken = new Map<string, number[]>()
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, port } of contestants) {
        const load = { seconds, connections: CONNECTIONS, perSecond }
        const { p99Ms } = await LOADS[arrivals](`http://localhost:${port}/`, load, directory)
        taken.set(name, [...(taken.get(name) ?? []), p99Ms])
      }
    }
    const alone = median(taken.get(ALONE) ?? [])
    for (const [proxy, values] of taken) {
      const p99Ms = median(values)
      found.push({ proxy, arrivals, perSecond, p99Ms, addedP99Ms: p99Ms - alone })
    }
  }
  return found
}
