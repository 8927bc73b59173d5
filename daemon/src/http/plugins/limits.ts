import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'
import { createRateLimiter, type Quota } from '#http/rate-limiter.ts'
import { networkOf } from '#lib/network-of.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `sign-in`: tries of a secret by somebody unknown, 20 a minute for each address or /64. */
    limit?: 'sign-in'
  }
}

const WINDOW_MS = 60_000
const WINDOW_SECONDS = WINDOW_MS / 1_000
/** Requests in a minute. */
export const LIMITS = { address: 6_000, 'sign-in': 20, actor: 3_000 }
export type Limits = Readonly<typeof LIMITS>
type Policy = keyof Limits

/** Requests of one address (an IPv6 /64 is one) in a minute; what a name may try is core's to limit. */
export const limits = (now: () => Date, most: Limits = LIMITS) =>
  rootPlugin(async (server: FastifyInstance) => {
    const requests = createRateLimiter({ max: most.address, windowMs: WINDOW_MS, now })
    const signIns = createRateLimiter({ max: most['sign-in'], windowMs: WINDOW_MS, now })

    server.addHook('onRequest', async (request, reply) => {
      const caller = networkOf(addressOf(request))
      count(reply, most, 'address', requests.take(caller))
      if (request.routeOptions.config.limit === 'sign-in')
        count(reply, most, 'sign-in', signIns.take(caller))
    })
  })

/**
 * Requests of one user or token in a minute, from wherever they come. Registered behind the
 * permissions: what was refused before costs nobody else their share.
 */
export const actorLimits = (now: () => Date, most: Limits = LIMITS) =>
  rootPlugin(async (server: FastifyInstance) => {
    const requests = createRateLimiter({ max: most.actor, windowMs: WINDOW_MS, now })

    server.addHook('onRequest', async (request, reply) => {
      const { access } = request.routeOptions.config
      if (!access || access.permission === 'public') return
      const { kind, id } = request.actor
      count(reply, most, 'actor', requests.take(`${kind} ${id}`))
    })
  })

/** `RateLimit` and `RateLimit-Policy` as the IETF's draft has them: each limit that counted this request. */
function count(reply: FastifyReply, most: Limits, policy: Policy, quota: Quota): void {
  const { waitSeconds, remaining, resetSeconds } = quota
  add(reply, 'ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`)
  add(reply, 'ratelimit-policy', `"${policy}";q=${most[policy]};w=${WINDOW_SECONDS}`)
  if (waitSeconds > 0)
    throw new CodedError('RATE_LIMITED', {
      retryAfterSeconds: waitSeconds,
      limit: most[policy],
      of: policy,
    })
}

function add(reply: FastifyReply, name: string, item: string): void {
  const before = reply.getHeader(name)
  void reply.header(name, before === undefined ? item : `${String(before)}, ${item}`)
}
