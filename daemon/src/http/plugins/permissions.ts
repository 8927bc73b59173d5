import { type Actor, isSameReach, mayReach } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Access } from '@vastrox/shared/permissions.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pathOf } from '#http/plugins/errors.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it keeps the daemon from starting (rule C8). */
    access?: Access
  }
  interface FastifyRequest {
    /** True while whoever asked may still do what they could when they asked; for what takes a while. */
    mayStill(): boolean
  }
}

/** A route and what it asks of its caller. */
export interface DeclaredRoute {
  method: string
  url: string
  access: Access
}

/** Told of each refusal of somebody who is known (ASVS 16.3.2). */
export type OnDenied = (actor: Actor, permission: string, target: string) => void

/** Throws unless who sits at the browser has shown enough of who they are. */
export type MustSuit = (actor: Actor, sessionId: string, access: Access) => void

/** The id of an app that the actor sees, by its name. */
export type AppIdOf = (actor: Actor, name: string) => string | undefined

interface Deps {
  appIdOf: AppIdOf
  onDenied: OnDenied
  onRoute: (route: DeclaredRoute) => void
  mustSuit: MustSuit
}

/**
 * Default deny (rule C8), by `mayReach`, as every other way in. Checked before the body is read: who
 * may not, learns nothing about what would have been valid; and once more after it, since a body may
 * take its time.
 */
export const permissions = ({ appIdOf, onDenied, onRoute, mustSuit }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    server.addHook('onRoute', ({ method, url, config }) => {
      for (const name of [method].flat()) {
        if (!config?.access) throw new Error(`The route ${name} ${url} declares no access.`)
        if (config.access.scope === 'app' && !url.includes('/:name'))
          throw new Error(`The route ${name} ${url} does not say which app it is about.`)
        onRoute({ method: name, url, access: config.access })
      }
    })

    server.addHook('onRequest', async (request) => {
      const { access } = request.routeOptions.config
      if (!access) {
        // Fastify's own not-found context is the only one without: it does nothing but say so.
        if (request.is404) return
        throw new CodedError('PERMISSION_DENIED')
      }
      if (access.permission === 'public') return

      const { actor, sessionId } = request
      if (!mayReach(actor, access, appMeantBy(request))) {
        onDenied(actor, access.permission, `${request.method} ${pathOf(request.url)}`)
        throw new CodedError('PERMISSION_DENIED', { permission: access.permission })
      }
      if (sessionId !== null) mustSuit(actor, sessionId, access)
    })

    server.addHook('preHandler', async (request) => {
      const { access } = request.routeOptions.config
      if (!access || access.permission === 'public' || request.body === undefined) return
      const now = request.actorNow()
      if (!now) throw new CodedError('NOT_SIGNED_IN')
      if (!isSameReach(request.actor, now)) throw new CodedError('PERMISSION_DENIED')
    })

    server.decorateRequest('mayStill', function (this: FastifyRequest): boolean {
      const now = this.actorNow()
      return now !== undefined && isSameReach(this.actor, now)
    })

    function appMeantBy({ actor, params }: FastifyRequest): string | undefined {
      const isNamed = typeof params === 'object' && params !== null && 'name' in params
      return isNamed && typeof params.name === 'string' ? appIdOf(actor, params.name) : undefined
    }
  })
