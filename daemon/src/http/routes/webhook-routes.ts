import { WebhookDelivery } from '@vastrox/shared/external-source.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { WebhookService } from '#core/sources/webhook-service.ts'
import { createPlaces } from '#lib/places.ts'

const Hook = z.object({ hook: z.string().max(100) })
/** What GitHub sends at most. */
const MAX_BODY_BYTES = 25 * 2 ** 20
/** Bodies that are larger than this, or do not say how large they are: so many at a time. */
const SMALL_BODY_BYTES = 2 ** 20
const MAX_LARGE_OF_HOOK = 2
const MAX_LARGE = 6

/**
 * Where Git hosts call. Whoever calls is known by the signature alone, so the body is kept as it came
 * until that has been verified (rule C13).
 */
export const webhookRoutes =
  (webhooks: WebhookService): FastifyPluginAsyncZod =>
  async (server) => {
    const ofHook = createPlaces(MAX_LARGE_OF_HOOK)
    const ofAll = createPlaces(MAX_LARGE)

    /** They are held in memory until their signature is looked at. */
    function takePlace(hook: string, { headers, raw }: FastifyRequest): void {
      const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
      if (length <= SMALL_BODY_BYTES) return
      const freeOfHook = ofHook.take(hook)
      const freeOfAll = freeOfHook && ofAll.take('all')
      if (freeOfHook && freeOfAll) {
        raw.once('close', () => {
          freeOfHook()
          freeOfAll()
        })
        return
      }
      freeOfHook?.()
      throw new CodedError('RATE_LIMITED', {
        retryAfterSeconds: 5,
        reason: 'Too many large webhooks are on their way.',
      })
    }

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
        onRequest: async (request) => {
          const hook = Hook.safeParse(request.params).data?.hook ?? ''
          webhooks.mustBeKnown(hook)
          takePlace(hook, request)
        },
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
