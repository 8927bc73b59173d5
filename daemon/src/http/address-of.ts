import type { FastifyRequest } from 'fastify'

/** The peer's address; an IPv4 peer of the dual-stack socket is shown as IPv4. */
export function addressOf(request: Pick<FastifyRequest, 'ip'>): string {
  // Fastify types it as always there, but a socket that has been closed meanwhile has none.
  const ip: string | undefined = request.ip
  return ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? 'unknown'
}
