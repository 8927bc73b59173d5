import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { Instance } from './instance.ts'
import type { Limits } from './limits.ts'

/**
 * Every instance the worker knows. An instance lives on across snapshots with its connections; one
 * that left stays known as long as something is under way to it, so that drain questions are answered.
 */
export function createBalancer(limits: Limits) {
  const live = new Map<string, Instance>()
  /** By the object that names it: what did not change between two snapshots is the same object. */
  let bySpec = new Map<Instance['spec'], Instance>()
  let retired: Instance[] = []
  let turn = 0

  return {
    /** Takes the instances of a snapshot; those that are no longer in it get no new request. */
    replace(snapshot: RoutingSnapshot): void {
      const next = new Map<Instance['spec'], Instance>()
      for (const route of snapshot.routes)
        for (const spec of route.instances)
          next.set(spec, bySpec.get(spec) ?? liveOr(route.app, spec))
      const staying = new Set(next.values())
      for (const [key, instance] of live) {
        if (staying.has(instance)) continue
        live.delete(key)
        instance.retire()
        retired.push(instance)
      }
      bySpec = next
    },

    find: (spec: Instance['spec']): Instance | undefined =>
      bySpec.get(spec) ?? live.get(keyOf(spec)),

    /**
     * The one that is preferred, while it is well. Else least under way, in turn among equals; one that
     * was set aside only when all are.
     */
    choose(
      instances: readonly Instance[],
      except?: Instance,
      preferred?: Instance,
    ): Instance | undefined {
      if (instances.length < 2) return instances[0]
      const now = performance.now()
      if (preferred && preferred !== except && !preferred.isAside(now)) return preferred
      turn += 1
      let best: Instance | undefined
      let bestCost = Number.POSITIVE_INFINITY
      for (let index = 0; index < instances.length; index += 1) {
        const instance = instances[(index + turn) % instances.length]
        if (!instance) continue
        const cost =
          instance.underWay.size +
          (instance.isAside(now) ? 1e6 : 0) +
          (instance === except ? 1e9 : 0)
        if (cost < bestCost) {
          best = instance
          bestCost = cost
        }
      }
      return best
    },

    underWay(names: readonly string[]): Record<string, number> {
      const wanted = new Set(names)
      const counts: Record<string, number> = {}
      for (const instance of all()) {
        const { name } = instance.spec
        if (!wanted.has(name) || instance.underWay.size === 0) continue
        counts[name] = (counts[name] ?? 0) + instance.underWay.size
      }
      return counts
    },

    /** Ends what is left to these instances (rule D1). */
    cut(names: readonly string[]): void {
      const wanted = new Set(names)
      for (const instance of all()) {
        if (wanted.has(instance.spec.name)) instance.cut()
      }
    },

    sweep(now: number): void {
      for (const instance of live.values()) instance.sweep(now)
      if (retired.length > 0) retired = retired.filter((instance) => instance.underWay.size > 0)
    },

    all,
  }

  /** Two objects may name one instance. */
  function liveOr(app: string, spec: Instance['spec']): Instance {
    const key = keyOf(spec)
    const known = live.get(key)
    if (known) return known
    const fresh = new Instance(app, spec, limits)
    live.set(key, fresh)
    return fresh
  }

  function* all(): Generator<Instance> {
    yield* live.values()
    yield* retired
  }
}
export type Balancer = ReturnType<typeof createBalancer>

const keyOf = ({ name, host, port, release }: Instance['spec']): string =>
  `${name} ${host} ${port} ${release}`
