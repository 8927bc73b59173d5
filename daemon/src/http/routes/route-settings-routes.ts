import {
  ChangeRouteSettings,
  SetBasicAuthUser,
  ShownRouteSettings,
} from '@vastrox/shared/route-settings.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RouteSettingsService } from '#core/routing/route-settings-service.ts'
import { without } from '#http/editable.ts'
import type { IfMatch } from '#http/plugins/etag.ts'
import { AppParams, nameIn } from '#http/routes/app-routes.ts'

const CHANGE = { permission: 'app.change', scope: 'app' } as const
/** Any text: what is no name is refused once the app is found. */
const UserParams = AppParams.extend({ user: z.string().max(100) })

export const routeSettingsRoutes =
  (settings: RouteSettingsService): FastifyPluginAsyncZod =>
  async (server) => {
    const editable = without('hosts', 'waitForRestart')
    const ifMatch: IfMatch = {
      of: ({ params }) => `routing ${nameIn(params)}`,
      current: ({ actor, params }) => settings.get(actor, nameIn(params)),
      editable,
    }

    server.get(
      '/apps/:name/routing',
      {
        config: { access: { permission: 'app.read', scope: 'app' }, editable },
        schema: {
          summary: 'What the proxy does for the routes of an app',
          params: AppParams,
          response: { 200: ShownRouteSettings },
        },
      },
      async ({ actor, params }) => settings.get(actor, params.name),
    )

    server.patch(
      '/apps/:name/routing',
      {
        config: { access: CHANGE, ifMatch },
        schema: {
          summary: 'Change what the proxy does for the routes of an app',
          description:
            'In force when the reply comes: no deployment is needed. Lists are given whole.',
          params: AppParams,
          body: ChangeRouteSettings,
          response: { 200: ShownRouteSettings },
        },
      },
      async ({ actor, params, body }) => settings.change(actor, params.name, body),
    )

    server.put(
      '/apps/:name/basic-auth-users/:user',
      {
        config: { access: CHANGE, ifMatch },
        schema: {
          summary: 'Give somebody a password for the app; with the first one the app asks for it',
          params: UserParams,
          body: SetBasicAuthUser,
          response: { 200: ShownRouteSettings },
        },
      },
      async ({ actor, params, body }) =>
        settings.setUser(actor, params.name, params.user, body.password),
    )

    server.delete(
      '/apps/:name/basic-auth-users/:user',
      {
        config: { access: CHANGE, ifMatch },
        schema: {
          summary: 'Take a password away; without one left the app is open',
          params: UserParams,
          response: { 200: ShownRouteSettings },
        },
      },
      async ({ actor, params }) => settings.removeUser(actor, params.name, params.user),
    )
  }
