import { WebhookDelivery } from '@vastrox/shared/external-source.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { WebhookService } from '#core/sources/webhook-service.ts'

const Hook = z.object({ hook: z.string().max(100) })
/** What GitHub sends at most. */
const MAX_BODY_BYTES = 25 * 2 ** 20

/**
 * Where Git hosts call. Whoever calls is known by the signature alone, so the body is kept as it came
 * until that has been verified (rule C13).
 */
export const webhookRoutes =
  (webhooks: WebhookService): FastifyPluginAsyncZod =>
  async (server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    )

    server.post(
      '/hooks/:hook',
      {
        bodyLimit: MAX_BODY_BYTES,
        onRequest: async ({ params }) =>
          webhooks.mustBeKnown(Hook.safeParse(params).data?.hook ?? ''),
        config: { access: { permission: 'public', scope: 'platform' } },
        schema: {
          summary: 'Webhooks of Git hosts, signed with the secret of the app',
          params: Hook,
          response: { 202: WebhookDelivery },
        },
      },
      async (request, reply) => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value[0] : value,
          ]),
        )
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        reply.code(202)
        return webhooks.receive(request.params.hook, { headers, body })
      },
    )
  }
