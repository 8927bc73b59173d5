import type { Route, RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { Balancer } from './balancer.ts'
import type { Instance } from './instance.ts'
import { type CompiledRules, compileRules } from './rules/compile-rules.ts'

export interface RouteTarget {
  route: Route
  instances: Instance[]
  /** Undefined where the route has none. */
  rules: CompiledRules | undefined
}

/** What was made of a route before; a route that did not change is the same object in every snapshot. */
const made = new WeakMap<Route, RouteTarget>()

function targetOf(route: Route, balancer: Balancer): RouteTarget {
  const before = made.get(route)
  const { instances: specs } = route
  if (
    before?.instances.length === specs.length &&
    specs.every((spec, at) => balancer.find(spec) === before.instances[at])
  )
    return before
  const target = {
    route,
    instances: specs.flatMap((spec) => balancer.find(spec) ?? []),
    rules: before ? before.rules : compileRules(route.rules),
  }
  made.set(route, target)
  return target
}

/** host → routes of it, the longest path prefix first. */
export function createRouteTable(snapshot: RoutingSnapshot | undefined, balancer: Balancer) {
  const byHost = new Map<string, RouteTarget[]>()
  for (const route of snapshot?.routes ?? []) {
    const target = targetOf(route, balancer)
    const targets = byHost.get(route.host)
    if (targets) targets.push(target)
    else byHost.set(route.host, [target])
  }
  for (const targets of byHost.values())
    if (targets.length > 1)
      targets.sort((one, other) => other.route.pathPrefix.length - one.route.pathPrefix.length)

  /** A name of its own goes before a star, which stands for one label. */
  const targetsOf = (host: string): RouteTarget[] | undefined =>
    byHost.get(host) ?? byHost.get(`*${host.slice(Math.max(0, host.indexOf('.')))}`)

  return {
    /** A prefix matches whole segments: `/api` takes `/api` and `/api/x`, never `/apis`. */
    match(host: string, path: string): RouteTarget | undefined {
      const targets = targetsOf(host)
      if (!targets) return undefined
      for (const target of targets) if (covers(target.route.pathPrefix, path)) return target
      return undefined
    },
    knows: (host: string): boolean => targetsOf(host) !== undefined,
  }
}
export type RouteTable = ReturnType<typeof createRouteTable>

function covers(prefix: string, path: string): boolean {
  if (prefix === '/' || prefix === '') return true
  if (!path.startsWith(prefix)) return false
  return (
    prefix.endsWith('/') || path.length === prefix.length || path.charCodeAt(prefix.length) === 47
  )
}
