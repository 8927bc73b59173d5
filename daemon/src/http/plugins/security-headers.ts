import type { FastifyInstance } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

/** Of the dashboard and the page that documents the API: files of ours alone, and no policy that makes script of text. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Of everything that is no page: opened by itself it shows what it is, and does nothing. */
const DATA_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  'sandbox',
].join('; ')

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-permitted-cross-domain-policies': 'none',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
  // Not no-referrer: browsers would then send `Origin: null` with some of our own requests.
  'referrer-policy': 'same-origin',
}

/** For what is answered before there is a request to speak of. */
export const HEADERS_OF_DATA: Readonly<Record<string, string>> = {
  ...HEADERS,
  'content-security-policy': DATA_POLICY,
  'cache-control': 'no-store',
}

/** The API but for its own page, and git. */
const DATA = /^\/(?:api\/(?!docs$)|git\/)/

/**
 * On every reply. HSTS names only this host, never its sub-domains: apps live there and may be
 * plain HTTP (DESIGN section 6); localhost belongs to whatever else is developed on the machine.
 */
export const securityHeaders = (baseDomain: () => string) =>
  rootPlugin(async (server: FastifyInstance) => {
    const secured = { ...HEADERS, 'strict-transport-security': 'max-age=31536000' }

    server.addHook('onRequest', async (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      void reply.headers({
        ...(isLocalhost(baseDomain()) ? HEADERS : secured),
        'content-security-policy': DATA.test(path) ? DATA_POLICY : PAGE_POLICY,
        'x-request-id': request.id,
      })
      if (path.startsWith('/api/')) void reply.header('cache-control', 'no-store')
    })
  })

const isLocalhost = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost')
