export interface Redirect {
  from: string
  to: string
  status: number
}

/** Where a request for this path goes instead; `location` has no query yet. */
export type FindRedirect = (path: string) => { location: string; status: number } | undefined

/**
 * The first that fits wins. `/old` is that path alone; `/old/*` is it and everything below it, and a
 * `*` at the end of the target puts back what was below.
 */
export function compileRedirects(redirects: readonly Redirect[]): FindRedirect {
  const targets = redirects.map(({ to }) => asciiOf(to))
  const exact = new Map<string, number>()
  const below: { prefix: string; at: number }[] = []
  for (const [at, { from }] of redirects.entries()) {
    if (from.endsWith('/*')) below.push({ prefix: from.slice(0, -1), at })
    else if (!exact.has(from)) exact.set(from, at)
  }

  return (path) => {
    let best = exact.get(path) ?? Number.POSITIVE_INFINITY
    let rest = ''
    for (const { prefix, at } of below) {
      if (at > best) break
      if (path.startsWith(prefix)) rest = path.slice(prefix.length)
      else if (path.length === prefix.length - 1 && prefix.startsWith(path)) rest = ''
      else continue
      best = at
      break
    }
    const found = redirects[best]
    if (!found) return undefined
    return { location: targetOf(targets[best] ?? '', rest), status: found.status }
  }
}

/** As it may stand in a Location field: what is beyond ASCII would end the request that met it. */
const asciiOf = (to: string): string =>
  to.toWellFormed().replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part))

function targetOf(to: string, rest: string): string {
  const location = to.endsWith('*') ? to.slice(0, -1) + rest : to
  // Two slashes at the front would name another host, one that the visitor has written.
  return location.startsWith('//') ? location.replace(/^\/+/, '/') : location
}

/** The query of the request is kept, behind one that the target has of its own. */
export function withQuery(location: string, target: string): string {
  const at = target.indexOf('?')
  if (at === -1) return location
  const [before = '', fragment] = location.split('#', 2)
  const query = target.slice(at + 1)
  const joined = `${before}${before.includes('?') ? '&' : '?'}${query}`
  return fragment === undefined ? joined : `${joined}#${fragment}`
}
