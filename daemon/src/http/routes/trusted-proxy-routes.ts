import { ShownTrustedProxies, TrustedProxies } from '@vastrox/shared/trusted-proxies.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { TrustedProxyService } from '#core/routing/trusted-proxies.ts'

export const trustedProxyRoutes =
  (proxies: TrustedProxyService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/trusted-proxies',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Proxies in front of this server that are believed about who a visitor is',
          response: { 200: ShownTrustedProxies },
        },
      },
      async ({ actor }) => proxies.get(actor),
    )

    server.put(
      '/trusted-proxies',
      {
        config: { access: { permission: 'node.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Say which proxies in front of this server are believed',
          body: TrustedProxies,
          response: { 200: ShownTrustedProxies },
        },
      },
      ({ actor, body }) => proxies.set(actor, body),
    )
  }
