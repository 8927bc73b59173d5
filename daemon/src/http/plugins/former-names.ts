import type { FormerDomain } from '@vastrox/shared/base-domain.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hostNameOf } from '#http/plugins/own-host.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

/** Where the dashboard is, and was. */
export interface DashboardPlace {
  baseDomain(): string
  former(): readonly FormerDomain[]
  /** Whether browsers trust the certificate of the host by themselves. */
  isTrusted(host: string): boolean
}

interface Deps {
  place: DashboardPlace
  dashboardUrl: () => string
}

/** Programs go on by the old name: API, git, hooks of Git hosts, and what proves something to somebody. */
const OF_PROGRAMS = /^\/(?:api|git|\.well-known)(?:\/|$)/

/**
 * Who opens the dashboard by a name from before is sent to the one of now, once that has a certificate
 * as good. Addresses that are written out always answer: they are the way in when the DNS is wrong.
 */
export const formerNames = ({ place, dashboardUrl }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    server.addHook('onRequest', (request, reply, done) => {
      const former = place.former()
      if (former.length === 0 || !opensPage(request)) return done()
      const host = hostNameOf(request.headers.host ?? '')
      const from = former.find(({ name, sendsOn }) => sendsOn && name === host)
      const to = dashboardUrl()
      const isAsGood = place.isTrusted(new URL(to).hostname) || !place.isTrusted(host)
      if (!from || !isAsGood) return done()
      // Not kept by browsers: a move is taken back, and the way back would never end.
      void reply.header('cache-control', 'no-store').redirect(`${to}${request.url}`, 308)
    })
  })

/** What a page that is open already asks for in the background is answered: browsers would refuse a redirect. */
function opensPage({ method, url, headers }: FastifyRequest): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || headers.upgrade !== undefined) return false
  const mode = headers['sec-fetch-mode']
  return (
    (mode === undefined || mode === 'navigate') && !OF_PROGRAMS.test(url.split('?', 1)[0] ?? '')
  )
}
