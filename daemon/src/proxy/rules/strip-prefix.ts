import type { RouteTarget } from '#proxy/route-match.ts'

/** The request target as the app gets it: without the prefix of its route where that is taken off. */
export function targetFor({ route, rules }: RouteTarget, target: string): string {
  if (!rules?.spec.stripPrefix || target === '*') return target
  const prefix = bare(route.pathPrefix)
  const rest = target.slice(prefix.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Tells the app what was taken off; a client's own claim never arrives (rule P3). */
export function prefixLine({ route, rules }: RouteTarget): string {
  const prefix = rules?.spec.stripPrefix ? bare(route.pathPrefix) : ''
  return prefix === '' ? '' : `X-Forwarded-Prefix: ${prefix}\r\n`
}

const bare = (prefix: string): string => (prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
