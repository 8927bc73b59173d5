import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/**
 * As it is read where tokens are: what is no token there is answered by the cookie. Not Basic: that, a
 * browser that was asked for it once does send of itself.
 */
const BEARER = /^bearer +\S+$/i

/**
 * Rules C16 and C17, beside SameSite=Strict and JSON only: apps live on sub-domains, which browsers
 * call the same site, and send our cookies to us for them. What a page of another origin asks is
 * refused, whether it would change anything or not: fetch, EventSource, WebSocket, images, frames. It
 * may lead a person here, as a link does, and nothing more. Bearer tokens are never sent by a browser
 * of itself.
 */
export const csrf = rootPlugin(async (server: FastifyInstance) => {
  server.addHook('onRequest', async (request) => {
    const isBearer = BEARER.test(request.headers.authorization ?? '')
    const mayCome = isUpgrade(request)
      ? isOpenedByUs(request, isBearer)
      : isBearer || (SAFE_METHODS.has(request.method) ? mayRead(request) : mayWrite(request))
    if (!mayCome) throw new CodedError('ORIGIN_REFUSED')
  })
})

/** A write must come from our own origin, and one that carries cookies must say where it comes from. */
function mayWrite(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin === undefined && site === undefined) return !request.hasSessionCookies
  if (origin !== undefined && origin !== originOf(request)) return false
  return site === undefined || site === 'same-origin' || (site === 'none' && origin === undefined)
}

/** Nothing of ours is another page's part: not read, not framed, not played, not kept open. */
function mayRead(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && origin !== originOf(request)) return false
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return isVisit(request)
}

/** Somebody follows a link or a redirect: to a page, or to what everybody may read anyway. */
function isVisit({ method, headers, routeOptions }: FastifyRequest): boolean {
  const permission = routeOptions.config.access?.permission
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    (permission === 'public' || permission === undefined)
  )
}

const isUpgrade = ({ headers }: FastifyRequest): boolean =>
  /(?:^|,)\s*websocket\s*(?:$|,|\/)/i.test(headers.upgrade ?? '')

/** Browsers do not ask beforehand whether a socket may be opened, and always say who opens it. */
function isOpenedByUs(request: FastifyRequest, isBearer: boolean): boolean {
  const { origin } = request.headers
  return origin === undefined ? isBearer : origin === originOf(request)
}

/** Its host is one of our own: own-host.ts has looked. */
const originOf = ({ headers }: FastifyRequest): string => `https://${headers.host}`
