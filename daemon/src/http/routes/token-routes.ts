import { pageOf } from '@vastrox/shared/page.ts'
import { ApiToken, CreatedToken, CreateToken, RotateToken } from '@vastrox/shared/token.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { TokenService } from '#core/access/token-service.ts'

const MANAGE = { permission: 'token.manage', scope: 'team' } as const
const MANAGE_FRESH = { ...MANAGE, fresh: true } as const
const ById = z.object({ id: z.string().max(100) })

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

    server.post(
      '/tokens/:id/rotate',
      {
        config: { access: MANAGE_FRESH },
        schema: {
          summary: 'Give a token a new secret; the one before is good for a while',
          params: ById,
          body: RotateToken,
          response: { 200: CreatedToken },
        },
      },
      async ({ actor, params, body }) => tokens.rotate(actor, params.id, body),
    )

    server.delete(
      '/tokens/:id',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Revoke a token',
          params: ById,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        tokens.revoke(request.actor, request.params.id)
        reply.code(204)
      },
    )
  }
