import { LATENCY_BUCKETS_MS } from '#ports/latency-buckets.ts'
import type { InstanceCounts } from '#ports/routing-snapshot.ts'
import type { Instance } from './instance.ts'

/**
 * Counts per instance since the last report. Latency is the time until the head of the response:
 * what the app took, and not what a slow visitor or a long stream adds.
 */
export function createMeter() {
  let counts = new Map<Instance, InstanceCounts>()

  const of = (instance: Instance): InstanceCounts => {
    const known = counts.get(instance)
    if (known) return known
    const { name, release } = instance.spec
    const fresh: InstanceCounts = {
      instance: name,
      release,
      app: instance.app,
      requests: 0,
      serverErrors: 0,
      connectFailures: 0,
      latency: LATENCY_BUCKETS_MS.map(() => 0),
    }
    counts.set(instance, fresh)
    return fresh
  }

  return {
    answered(instance: Instance, status: number, latencyMs: number): void {
      const entry = of(instance)
      entry.requests += 1
      if (status >= 500) entry.serverErrors += 1
      const bucket = bucketOf(latencyMs)
      entry.latency[bucket] = (entry.latency[bucket] ?? 0) + 1
    },
    /** A 502 or 504 that the proxy gave for the instance. */
    failed(instance: Instance): void {
      const entry = of(instance)
      entry.requests += 1
      entry.serverErrors += 1
    },
    /** A request was under way when its connection to the instance broke. */
    cutOff(instance: Instance): void {
      const entry = of(instance)
      entry.cutOff = (entry.cutOff ?? 0) + 1
    },
    refused(instance: Instance): void {
      of(instance).connectFailures += 1
    },
    /** Everything since the last call. */
    take(): InstanceCounts[] {
      const taken = [...counts.values()]
      counts = new Map()
      return taken
    },
  }
}
export type Meter = ReturnType<typeof createMeter>

function bucketOf(latencyMs: number): number {
  const last = LATENCY_BUCKETS_MS.length - 1
  for (let index = 0; index < last; index += 1)
    if (latencyMs <= (LATENCY_BUCKETS_MS[index] ?? 0)) return index
  return last
}
