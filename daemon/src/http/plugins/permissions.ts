import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Access } from '@vastrox/shared/permissions.ts'
import type { FastifyInstance } from 'fastify'
import { pathOf } from '#http/plugins/errors.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it keeps the daemon from starting (rule C8). */
    access?: Access
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

interface Deps {
  onDenied: OnDenied
  onRoute: (route: DeclaredRoute) => void
  mustSuit: MustSuit
}

/**
 * Default deny (rule C8). Checked before the body is read: who may not, learns nothing about what
 * would have been valid. An actor that is limited to apps passes a route of the team or the
 * platform only where the route says that it shows no more than those apps (`filtered`).
 */
export const permissions = ({ onDenied, onRoute, mustSuit }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    server.addHook('onRoute', ({ method, url, config }) => {
      for (const name of [method].flat()) {
        if (!config?.access) throw new Error(`The route ${name} ${url} declares no access.`)
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
      if (!isAllowed(actor, access)) {
        onDenied(actor, access.permission, `${request.method} ${pathOf(request.url)}`)
        throw new CodedError('PERMISSION_DENIED', { permission: access.permission })
      }
      if (sessionId !== null) mustSuit(actor, sessionId, access)
    })
  })

function isAllowed(actor: Actor, { permission, scope, filtered }: Access): boolean {
  if (permission === 'public' || permission === 'signed-in') return true
  if (actor.appIds !== null && scope !== 'app' && !filtered) return false
  return actor.permissions.has(permission)
}
