import { AppName } from '@vastrox/shared/app.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { AddDeployKey, DeployKey } from '@vastrox/shared/ssh-key.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DeployKeyService } from '#core/access/deploy-key-service.ts'

const READ = { permission: 'app.read', scope: 'app' } as const
const CHANGE = { permission: 'app.change', scope: 'app' } as const
const CHANGE_FRESH = { ...CHANGE, fresh: true } as const
const OfApp = z.object({ name: AppName })

/** SSH keys of one app. */
export const deployKeyRoutes =
  (keys: DeployKeyService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/deploy-keys',
      {
        config: { access: READ },
        schema: {
          summary: 'SSH keys that may come to this app only',
          params: OfApp,
          response: { 200: pageOf(DeployKey) },
        },
      },
      async ({ actor, params }) => ({ items: keys.list(actor, params.name), nextCursor: null }),
    )

    server.post(
      '/apps/:name/deploy-keys',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Let an SSH key clone this app, or push it as well',
          params: OfApp,
          body: AddDeployKey,
          response: { 201: DeployKey },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return keys.add(request.actor, request.params.name, request.body)
      },
    )

    server.delete(
      '/apps/:name/deploy-keys/:id',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Remove an SSH key of this app; whoever is connected with it is out',
          params: OfApp.extend({ id: z.string().max(100) }),
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        keys.remove(request.actor, request.params.name, request.params.id)
        reply.code(204)
      },
    )
  }
