import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance } from 'fastify'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'
import { createRateLimiter } from '#http/rate-limiter.ts'
import { networkOf } from '#lib/network-of.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `sign-in`: tries of a secret by somebody unknown, 20 a minute for each address or /64. */
    limit?: 'sign-in'
  }
}

const WINDOW_MS = 60_000
const REQUESTS = 6_000
const SIGN_INS = 20

/** Requests of one address (an IPv6 /64 is one) in a minute; what a name may try is core's to limit. */
export const limits = (now: () => Date) =>
  rootPlugin(async (server: FastifyInstance) => {
    const requests = createRateLimiter({ max: REQUESTS, windowMs: WINDOW_MS, now })
    const signIns = createRateLimiter({ max: SIGN_INS, windowMs: WINDOW_MS, now })

    server.addHook('onRequest', async (request) => {
      const caller = networkOf(addressOf(request))
      const isSignIn = request.routeOptions.config.limit === 'sign-in'
      const seconds = requests.take(caller) || (isSignIn ? signIns.take(caller) : 0)
      if (seconds > 0) throw new CodedError('RATE_LIMITED', { retryAfterSeconds: seconds })
    })
  })
