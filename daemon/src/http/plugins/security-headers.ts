import type { FastifyInstance } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  // Not no-referrer: browsers would then send `Origin: null` with some of our own requests.
  'referrer-policy': 'same-origin',
}

/**
 * On every reply. HSTS names only this host, never its sub-domains: apps live there and may be
 * plain HTTP (DESIGN section 6); localhost belongs to whatever else is developed on the machine.
 */
export const securityHeaders = (baseDomain: string) =>
  rootPlugin(async (server: FastifyInstance) => {
    const headers =
      baseDomain === 'localhost'
        ? HEADERS
        : { ...HEADERS, 'strict-transport-security': 'max-age=31536000' }

    server.addHook('onRequest', async (request, reply) => {
      void reply.headers({ ...headers, 'x-request-id': request.id })
      if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store')
    })
  })
