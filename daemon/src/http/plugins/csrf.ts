import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Not Basic: that, a browser that was asked for it once does send of itself. */
const BEARER = /^bearer /i

/**
 * Rule C16, beside SameSite=Strict and JSON only: apps live on sub-domains, which browsers call the
 * same site. A write that a browser sends must come from our own origin; one that carries cookies
 * must say where it comes from. Bearer tokens are never sent by a browser of itself.
 */
export const csrf = rootPlugin(async (server: FastifyInstance) => {
  server.addHook('onRequest', async (request) => {
    if (SAFE_METHODS.has(request.method) || BEARER.test(request.headers.authorization ?? '')) return
    const { origin, 'sec-fetch-site': site } = request.headers
    const isSilent = origin === undefined && site === undefined
    const isOurs = isSilent ? !request.hasSessionCookies : isFromUs(request)
    if (!isOurs) throw new CodedError('ORIGIN_REFUSED')
  })
})

function isFromUs({ headers }: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (origin !== undefined && origin !== `https://${host}`) return false
  return site === undefined || site === 'same-origin' || (site === 'none' && origin === undefined)
}
