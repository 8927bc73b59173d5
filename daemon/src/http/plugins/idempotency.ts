import { Readable } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IdempotencyService } from '#core/access/idempotency-service.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const KEY = /^[\x21-\x7e]{1,200}$/
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

/** `Idempotency-Key` on any write of the API by somebody who is known: sent again, it is done once. */
export const idempotency = (service: IdempotencyService) =>
  rootPlugin(async (server: FastifyInstance) => {
    const underWay = new WeakMap<FastifyRequest, { actor: Actor; key: string }>()

    server.addHook('preHandler', async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { access } = request.routeOptions.config
      if (key === undefined || !WRITES.has(request.method)) return
      if (!access || access.permission === 'public') return
      if (typeof key !== 'string' || !KEY.test(key))
        throw new CodedError('REQUEST_INVALID', {
          reason: 'An Idempotency-Key has 1 to 200 visible characters.',
        })

      const { actor } = request
      const kept = service.begin(actor, key, [request.method, request.url, sentBy(request)])
      if (!kept) {
        underWay.set(request, { actor, key })
        return
      }
      await reply
        .code(kept.status)
        .headers({ 'idempotency-replayed': 'true', ...(kept.body !== '' && JSON_TYPE) })
        .send(kept.body === '' ? undefined : kept.body)
    })

    server.addHook('onSend', async (request, reply, payload) => {
      const write = underWay.get(request)
      if (!write) return
      underWay.delete(request)
      const isKept = typeof payload === 'string' || payload === undefined || payload === null
      service.finish(write.actor, write.key, {
        // A reply that is no text cannot be given again.
        status: isKept ? reply.statusCode : 500,
        body: typeof payload === 'string' ? payload : '',
      })
    })
  })

/** What tells one request from another; of an upload, which is a stream, only how long it is. */
function sentBy({ body, headers }: FastifyRequest): unknown {
  if (body instanceof Readable) return { bytes: headers['content-length'] ?? null }
  return body ?? null
}
