import type { Contestant } from './proxy-contestants.ts'
import { loadByH2load, loadBySpread, type Measured } from './proxy-load.ts'
import { median } from './statistics.ts'

export interface HalfLoad {
  proxy: string
  /** Each visitor by himself, or all of them within a tenth of a millisecond. */
  arrivals: 'spread' | 'together'
  perSecond: number
  p50Ms: number
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
const WARM_UP_SECONDS = 5
const LOADS = { spread: loadBySpread, together: loadByH2load }
export const ALONE = 'upstream alone'

/**
 * Half of what ours can do, at a constant rate for everybody: what a proxy adds when nothing is full.
 * h2load asks on all of its connections at once, so the slowest of a burst is what its p99 tells:
 * visitors that come by themselves are measured beside it. What has just begun is still being
 * compiled, and who waited for the others' turns for half a minute has let go of that again (ours does,
 * decision 279): so each turn has five seconds of the same load before it.
 */
export async function atHalfLoad(
  contestants: readonly Contestant[],
  { rounds, seconds, perSecond, directory }: Options,
): Promise<HalfLoad[]> {
  const found: HalfLoad[] = []
  for (const arrivals of ['spread', 'together'] as const) {
    const taken = new Map<string, Measured[]>()
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, port } of contestants) {
        const load = { seconds, connections: CONNECTIONS, perSecond }
        const url = `http://localhost:${port}/`
        await LOADS[arrivals](url, { ...load, seconds: WARM_UP_SECONDS }, directory)
        const measured = await LOADS[arrivals](url, load, directory)
        taken.set(name, [...(taken.get(name) ?? []), measured])
      }
    }
    const p99Of = (all: readonly Measured[] = []): number => median(all.map(({ p99Ms }) => p99Ms))
    const alone = p99Of(taken.get(ALONE))
    for (const [proxy, all] of taken) {
      const p99Ms = p99Of(all)
      const p50Ms = median(all.map((each) => each.p50Ms))
      found.push({ proxy, arrivals, perSecond, p50Ms, p99Ms, addedP99Ms: p99Ms - alone })
    }
  }
  return found
}
