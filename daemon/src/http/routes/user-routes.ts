import { pageOf } from '@vastrox/shared/page.ts'
import { User } from '@vastrox/shared/user.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { AccessService } from '#core/access/access-service.ts'

/** The people of a team. */
export const userRoutes =
  (access: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/users',
      {
        config: { access: { permission: 'user.manage', scope: 'team' } },
        schema: { summary: 'Users of the team', response: { 200: pageOf(User) } },
      },
      async ({ actor }) => ({ items: access.listUsers(actor), nextCursor: null }),
    )
  }
