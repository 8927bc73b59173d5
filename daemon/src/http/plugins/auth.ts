import cookie from '@fastify/cookie'
import jwt from '@fastify/jwt'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import type { StartedSession } from '#core/access/session-service.ts'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is behind the request. Throws NOT_SIGNED_IN on a public route: nobody was asked there. */
    actor: Actor
    /** The session of a browser; null for a token. */
    sessionId: string | null
    /** What the browser keeps to get its next access token with. */
    refreshToken: string | undefined
    /** Asks anew, for streams that outlive what they began with; undefined once access has ended. */
    actorNow(): Actor | undefined
    /** Who is behind the request, where that was asked and is known. */
    known(): Actor | undefined
    /** The same, asked now where nobody has yet: for what is refused before anybody is asked. */
    whoever(): Actor | undefined
    /** What the browser was given when it left for a provider. */
    browserSecret: string | undefined
    /** True when the request carries cookies of ours. */
    hasSessionCookies: boolean
  }
  interface FastifyReply {
    /** Gives the browser its access and refresh cookies. */
    startSession(session: StartedSession): FastifyReply
    /** Takes them away. */
    endSession(): FastifyReply
    /** For the way to a provider and back. */
    bindBrowser(secret: string): FastifyReply
    unbindBrowser(): FastifyReply
  }
}

interface Deps {
  access: Pick<AccessService, 'authenticateToken' | 'sessions'>
  /** In the cookies' names, so that several Vastrox may live on one host. */
  instance: string
  /** 32 bytes of their own purpose. */
  accessTokenKey: Buffer
  now: () => Date
}

interface Identity {
  actor: Actor
  sessionId: string | null
}

/** DESIGN decision 8: at most ten minutes; the session row is looked at on every request besides. */
const ACCESS_TOKEN_SECONDS = 600
const TOKEN_TYPE = 'at+jwt'
const Claims = z.object({ sid: z.string() })
/** `__Host-`: bound to this host by the browser, HTTPS only, never set from a sub-domain. */
const COOKIE = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const

/** Finds out who calls: a bearer token, else the session's cookie. Public routes are not asked. */
export const auth = ({ access, instance, accessTokenKey, now }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    const prefix = `__Host-vastrox-${instance}-`
    const [accessCookie, refreshCookie] = [`${prefix}access`, `${prefix}refresh`]
    const tripCookie = `${prefix}trip`
    const party = `vastrox-${instance}`
    const identities = new WeakMap<FastifyRequest, Identity>()
    const clockTimestamp = () => now().getTime()

    await server.register(cookie)
    await server.register(jwt, {
      secret: accessTokenKey,
      sign: {
        algorithm: 'HS256',
        iss: party,
        aud: party,
        expiresIn: ACCESS_TOKEN_SECONDS,
        header: { alg: 'HS256', typ: TOKEN_TYPE },
      },
      verify: {
        algorithms: ['HS256'],
        allowedIss: party,
        allowedAud: party,
        checkTyp: TOKEN_TYPE,
        requiredClaims: ['exp', 'iss', 'aud', 'sid'],
      },
    })

    function sessionIdOf(accessToken: string): string | undefined {
      try {
        const claims = server.jwt.verify(accessToken, { clockTimestamp: clockTimestamp() })
        return Claims.parse(claims).sid
      } catch {
        // Expired, cut short or not ours: the browser is not signed in, and refreshes.
        return undefined
      }
    }

    function identify(request: FastifyRequest): Identity | undefined {
      const address = addressOf(request)
      const token = bearerOf(request.headers.authorization)
      if (token !== undefined)
        return { actor: access.authenticateToken(token, address), sessionId: null }
      const sessionId = sessionIdOf(request.cookies[accessCookie] ?? '')
      const actor =
        sessionId === undefined ? undefined : access.sessions.authenticate(sessionId, address)
      return sessionId === undefined || !actor ? undefined : { actor, sessionId }
    }

    const identityOf = (request: FastifyRequest): Identity => {
      const identity = identities.get(request)
      if (!identity) throw new CodedError('NOT_SIGNED_IN')
      return identity
    }

    server.decorateRequest('actor', {
      getter(this: FastifyRequest): Actor {
        return identityOf(this).actor
      },
    })
    server.decorateRequest('actorNow', function (this: FastifyRequest): Actor | undefined {
      const { sessionId } = identityOf(this)
      try {
        return sessionId === null
          ? identify(this)?.actor
          : access.sessions.authenticate(sessionId, addressOf(this))
      } catch {
        // The token has expired or was revoked.
        return undefined
      }
    })
    server.decorateRequest('known', function (this: FastifyRequest): Actor | undefined {
      return identities.get(this)?.actor
    })
    server.decorateRequest('whoever', function (this: FastifyRequest): Actor | undefined {
      try {
        return (identities.get(this) ?? identify(this))?.actor
      } catch {
        // A token that is wrong is nobody's.
        return undefined
      }
    })
    server.decorateRequest('sessionId', {
      getter(this: FastifyRequest): string | null {
        return identityOf(this).sessionId
      },
    })
    server.decorateRequest('refreshToken', {
      getter(this: FastifyRequest): string | undefined {
        return this.cookies[refreshCookie]
      },
    })
    server.decorateRequest('browserSecret', {
      getter(this: FastifyRequest): string | undefined {
        return this.cookies[tripCookie]
      },
    })
    server.decorateRequest('hasSessionCookies', {
      getter(this: FastifyRequest): boolean {
        return Object.keys(this.cookies).some((name) => name.startsWith(prefix))
      },
    })
    server.decorateReply('startSession', function (this: FastifyReply, session: StartedSession) {
      const issuedAt = Math.floor(clockTimestamp() / 1_000)
      const accessToken = server.jwt.sign({ sid: session.sessionId, iat: issuedAt })
      return this.setCookie(accessCookie, accessToken, {
        ...COOKIE,
        maxAge: ACCESS_TOKEN_SECONDS,
      }).setCookie(refreshCookie, session.refreshToken, { ...COOKIE, expires: session.expiresAt })
    })
    server.decorateReply('endSession', function (this: FastifyReply) {
      return this.clearCookie(accessCookie, COOKIE).clearCookie(refreshCookie, COOKIE)
    })

    server.decorateReply('bindBrowser', function (this: FastifyReply, secret: string) {
      return this.setCookie(tripCookie, secret, { ...COOKIE, maxAge: ACCESS_TOKEN_SECONDS })
    })
    server.decorateReply('unbindBrowser', function (this: FastifyReply) {
      return this.clearCookie(tripCookie, COOKIE)
    })

    server.addHook('onRequest', async (request) => {
      const { access: asked } = request.routeOptions.config
      if (!asked || asked.permission === 'public') return
      const identity = identify(request)
      if (identity) identities.set(request, identity)
    })
  })

const bearerOf = (header: string | undefined): string | undefined =>
  header?.match(/^bearer +(\S+)$/i)?.[1]
