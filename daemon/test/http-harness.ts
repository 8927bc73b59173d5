import type { FormerDomain } from '@vastrox/shared/base-domain.ts'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Limits } from '#http/plugins/limits.ts'
import { createHttpServer } from '#http/server.ts'
import { type AccessHarness, createAccessHarness } from '#test/access-harness.ts'

interface Options {
  harness?: AccessHarness
  api?: FastifyPluginAsyncZod[]
  root?: FastifyPluginAsync[]
  dashboardFolder?: string | null
  baseDomain?: string
  former?: readonly FormerDomain[]
  /** Hosts with a certificate that browsers know. */
  trusted?: readonly string[]
  tls?: { cert: string; key: string }
  handshakeTimeoutMs?: number
  bodyWithinMs?: number
  limits?: Limits
  trustedProxies?: readonly string[]
}

type Reply = { cookies: { name: string; value: string }[] }

/** The real server over the access harness; asked by `fastify.inject`, with no socket. */
export async function createHttpHarness({
  harness = createAccessHarness(),
  api = [],
  root = [],
  dashboardFolder = null,
  baseDomain = 'example.com',
  former = [],
  trusted = [],
  tls = { cert: '', key: '' },
  handshakeTimeoutMs,
  bodyWithinMs,
  limits,
  trustedProxies = [],
}: Options = {}) {
  const logged: unknown[] = []
  const server = await createHttpServer({
    config: { instance: 'abc123', dashboardPort: 0, publicAddress: '192.0.2.1' },
    place: {
      baseDomain: () => baseDomain,
      former: () => former,
      isTrusted: (host) => trusted.includes(host),
    },
    version: '0.1.0',
    tls,
    access: harness.access,
    auditLog: harness.auditLog,
    idempotency: harness.idempotency,
    isTrustedProxy: (address) => trustedProxies.includes(address),
    accessTokenKey: harness.masterKey.deriveKey('access-token'),
    dashboardUrl: () => `https://${baseDomain}:8443`,
    now: () => harness.clock.now(),
    logError: (line, error) => logged.push([line, error]),
    health: async () => ({ database: 'ok' }),
    dashboardFolder,
    api,
    root,
    handshakeTimeoutMs,
    bodyWithinMs,
    limits,
  })

  return {
    ...harness,
    ...server,
    logged,

    /** The cookies of a browser that has just signed in by a link. */
    signInByLink: async (): Promise<Record<string, string>> => {
      const { token } = harness.access.createSignInLink()
      const reply = await server.fastify.inject({
        method: 'POST',
        url: '/api/v1/sign-in/link',
        headers: OURS,
        body: { token },
      })
      return cookiesOf(reply)
    },
  }
}
export type HttpHarness = Awaited<ReturnType<typeof createHttpHarness>>

/** What the dashboard's own requests say of where they come from. */
export const OURS = {
  host: 'example.com:8443',
  origin: 'https://example.com:8443',
  'sec-fetch-site': 'same-origin',
}
export const ACCESS_COOKIE = '__Host-vastrox-abc123-access'
export const REFRESH_COOKIE = '__Host-vastrox-abc123-refresh'

export const cookiesOf = ({ cookies }: Reply): Record<string, string> =>
  Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
