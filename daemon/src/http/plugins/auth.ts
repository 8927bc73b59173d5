import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is behind the request. Throws NOT_SIGNED_IN on a public route that nobody signed. */
    actor: Actor
  }
}

export interface Credentials {
  bearer: string | undefined
  cookies: Readonly<Record<string, string | undefined>>
  address: string
}

/** Undefined without credentials; throws TOKEN_INVALID for a token that is not valid. */
export type Authenticate = (credentials: Credentials) => Actor | undefined

/** Finds out who calls: a bearer token, else the session's cookie. Public routes are not asked. */
export const auth = (authenticate: Authenticate) =>
  rootPlugin(async (server: FastifyInstance) => {
    const actors = new WeakMap<FastifyRequest, Actor>()

    server.decorateRequest('actor', {
      getter(this: FastifyRequest): Actor {
        const actor = actors.get(this)
        if (!actor) throw new CodedError('NOT_SIGNED_IN')
        return actor
      },
    })

    server.addHook('onRequest', async (request) => {
      if (request.routeOptions.config.access?.permission === 'public') return
      const actor = authenticate(credentialsOf(request))
      if (actor) actors.set(request, actor)
    })
  })

/** What a request shows of who sends it; a stream shows it again from time to time. */
export const credentialsOf = (request: FastifyRequest): Credentials => ({
  bearer: bearerOf(request.headers.authorization),
  cookies: request.cookies,
  address: addressOf(request),
})

const bearerOf = (header: string | undefined): string | undefined =>
  header?.match(/^bearer +(\S+)$/i)?.[1]
