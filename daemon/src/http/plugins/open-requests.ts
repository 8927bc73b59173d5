import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'
import { networkOf } from '#lib/network-of.ts'
import { createPlaces } from '#lib/places.ts'

/** Of one user or token, wherever from; uploads, pushes and streams count as long as they last. */
const MAX_OPEN = 200

/** Nobody keeps more requests open than that, however many addresses they come from. */
export const openRequests = (max = MAX_OPEN) =>
  rootPlugin(async (server: FastifyInstance) => {
    const places = createPlaces(max)

    server.addHook('onRequest', async (request, reply) => {
      const free = places.take(callerOf(request))
      if (!free)
        throw new CodedError('RATE_LIMITED', {
          retryAfterSeconds: 5,
          reason: 'Too many of your requests are open at once.',
        })
      reply.raw.once('close', free).once('finish', free)
    })
  })

function callerOf(request: FastifyRequest): string {
  const { access } = request.routeOptions.config
  if (!access || access.permission === 'public') return networkOf(addressOf(request))
  return `${request.actor.kind} ${request.actor.id}`
}
