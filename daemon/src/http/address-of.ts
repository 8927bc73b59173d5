import type { FastifyRequest } from 'fastify'

/** The peer's address; an IPv4 peer of the dual-stack socket is shown as IPv4. */
export const addressOf = (request: Pick<FastifyRequest, 'ip'>): string =>
  request.ip.replace(/^::ffff:(?=\d+\.)/i, '')
