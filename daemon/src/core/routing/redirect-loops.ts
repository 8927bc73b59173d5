import type { Redirect } from '@vastrox/shared/route-settings.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { compileRedirects } from '#lib/redirects.ts'

/** What may stand for the `*` of a redirect: nothing, and something. */
const RESTS = ['', 'x']

/**
 * Follows each redirect as a browser would, over all hosts of the app. Throws ROUTE_REDIRECT_LOOP with
 * the address that comes back to itself, or that only ever grows.
 */
export function mustNotLoop(redirects: readonly Redirect[], hosts: readonly string[]): void {
  const find = compileRedirects(redirects)
  const own = new Set(hosts)
  for (const { from } of redirects) {
    for (const rest of from.endsWith('/*') ? RESTS : ['']) {
      const start = from.endsWith('/*') ? from.slice(0, -1) + rest : from
      const seen = new Set([start])
      let path = start
      for (;;) {
        const found = find(path)
        const next = found && pathOf(found.location, own)
        // A redirect to where the visitor is already is passed over by the proxy.
        if (next === undefined || (next === path && found?.location === path)) break
        if (seen.has(next) || seen.size > redirects.length + 1)
          throw new CodedError('ROUTE_REDIRECT_LOOP', { from, at: start, to: next })
        seen.add(next)
        path = next
      }
    }
  }
}

/** Undefined for what leaves the app. */
function pathOf(location: string, own: ReadonlySet<string>): string | undefined {
  if (location.startsWith('/')) return bare(location)
  const [, host = '', path = ''] = /^https?:\/\/([^/:?#]+)(?::\d+)?(.*)$/i.exec(location) ?? []
  return own.has(host.toLowerCase()) ? bare(path.startsWith('/') ? path : `/${path}`) : undefined
}

const bare = (location: string): string => location.split(/[?#]/, 1).join('')
