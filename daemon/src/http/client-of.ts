import type { FastifyRequest } from 'fastify'
import type { Client } from '#core/access/session-service.ts'
import { addressOf } from '#http/address-of.ts'

/** Whose browser it is, as far as it says. */
export const clientOf = (request: FastifyRequest): Client => ({
  address: addressOf(request),
  userAgent: request.headers['user-agent'] ?? '',
})
