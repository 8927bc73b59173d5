import { type AddressList, createAddressList } from '#lib/address-list.ts'
import type { RouteRules } from '#ports/route-rules.ts'
import { compileRedirects, type FindRedirect } from '#lib/redirects.ts'

/** The rules of a route, made ready once for each snapshot. */
export interface CompiledRules {
  spec: RouteRules
  /** Undefined: everybody may come in. */
  allow: AddressList | undefined
  deny: AddressList | undefined
  maintenanceAllow: AddressList | undefined
  findRedirect: FindRedirect | undefined
  /** A request may be answered here, before an app sees it. */
  guards: boolean
  /** Something of a response may change. */
  shapes: boolean
}

/** A route that has not changed is the same object in the next snapshot (decision 152). */
const compiled = new WeakMap<RouteRules, CompiledRules>()

export function compileRules(spec: RouteRules | undefined): CompiledRules | undefined {
  if (!spec) return undefined
  const known = compiled.get(spec)
  if (known) return known
  const rules = compile(spec)
  compiled.set(spec, rules)
  return rules
}

function compile(spec: RouteRules): CompiledRules {
  const { allow, deny, maintenance, redirects } = spec
  return {
    spec,
    allow: listOf(allow),
    deny: listOf(deny),
    maintenanceAllow: listOf(maintenance?.allow),
    findRedirect: redirects && redirects.length > 0 ? compileRedirects(redirects) : undefined,
    guards:
      spec.redirectHost !== undefined ||
      spec.visitorsTo !== undefined ||
      redirects !== undefined ||
      spec.basicAuth !== undefined ||
      allow !== undefined ||
      deny !== undefined ||
      maintenance !== undefined ||
      spec.rate !== undefined ||
      spec.concurrent !== undefined,
    shapes:
      spec.setHeaders !== undefined ||
      spec.removeHeaders !== undefined ||
      spec.hsts !== undefined ||
      spec.compress !== undefined ||
      spec.keepAssets === true,
  }
}

const listOf = (ranges: readonly string[] | undefined): AddressList | undefined =>
  ranges && ranges.length > 0 ? createAddressList(ranges) : undefined
