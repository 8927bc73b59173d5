import { pageOf } from '@vastrox/shared/page.ts'
import { ApiToken, CreatedToken, CreateToken } from '@vastrox/shared/user.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { TokenService } from '#core/access/token-service.ts'

const MANAGE = { permission: 'token.manage', scope: 'team' } as const
const MANAGE_FRESH = { ...MANAGE, fresh: true } as const

export const tokenRoutes =
  (tokens: TokenService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/tokens',
      {
        config: { access: MANAGE },
        schema: { summary: 'API and deploy tokens', response: { 200: pageOf(ApiToken) } },
      },
      async ({ actor }) => ({ items: tokens.list(actor), nextCursor: null }),
    )

    server.post(
      '/tokens',
      {
        config: { access: MANAGE_FRESH },
        schema: {
          summary: 'Create a token; its secret is shown this once',
          body: CreateToken,
          response: { 201: CreatedToken },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return tokens.create(request.actor, request.body)
      },
    )

    server.delete(
      '/tokens/:id',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Revoke a token',
          params: z.object({ id: z.string().max(100) }),
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        tokens.revoke(request.actor, request.params.id)
        reply.code(204)
      },
    )
  }
