import { Registry, SaveRegistry } from '@vastrox/shared/image-source.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RegistryService } from '#core/sources/registry-service.ts'

/** The service says what is wrong with a host, so it is given every text. */
const HostParams = z.object({ host: z.string().max(300) })

export const registryRoutes =
  (registries: RegistryService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/registries',
      {
        config: { access: { permission: 'registry.manage', scope: 'team' } },
        schema: {
          summary: 'The image registries that let the team in',
          response: { 200: pageOf(Registry) },
        },
      },
      async ({ actor }) => ({ items: registries.list(actor), nextCursor: null }),
    )

    server.put(
      '/registries/:host',
      {
        config: { access: { permission: 'registry.manage', scope: 'team' } },
        schema: {
          summary: 'Store the name and password for a registry, in place of what there was',
          params: HostParams,
          body: SaveRegistry,
          response: { 200: Registry },
        },
      },
      async ({ actor, params, body }) => registries.save(actor, params.host, body),
    )

    server.delete(
      '/registries/:host',
      {
        config: { access: { permission: 'registry.manage', scope: 'team' } },
        schema: {
          summary: 'Forget what is stored for a registry',
          params: HostParams,
          response: { 204: z.undefined() },
        },
      },
      async ({ actor, params }, reply) => {
        registries.remove(actor, params.host)
        reply.code(204)
      },
    )
  }
