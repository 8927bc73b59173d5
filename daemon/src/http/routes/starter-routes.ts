import { pageOf } from '@vastrox/shared/page.ts'
import { Starter } from '@vastrox/shared/starter.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { StarterService } from '#core/sources/starter-service.ts'

export const starterRoutes =
  (starters: StarterService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/starters',
      {
        config: { access: { permission: 'signed-in', scope: 'platform' } },
        schema: {
          summary: 'Small apps to begin with; POST /apps takes the name of one as `starter`',
          response: { 200: pageOf(Starter) },
        },
      },
      async () => ({ items: await starters.list(), nextCursor: null }),
    )
  }
