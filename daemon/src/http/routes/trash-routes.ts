import { DestroyApp } from '@vastrox/shared/app.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { TrashItem } from '@vastrox/shared/trash.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { TrashService } from '#core/apps/trash-service.ts'

const TrashParams = z.object({ id: z.string().regex(/^[A-Za-z0-9]{8,40}$/) })

export const trashRoutes =
  (trash: TrashService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/trash',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: {
          summary: 'Everything that was destroyed and can be taken back, of every kind',
          response: { 200: pageOf(TrashItem) },
        },
      },
      async ({ actor }) => ({ items: await trash.list(actor), nextCursor: null }),
    )

    server.delete(
      '/destroyed-apps/:id',
      {
        config: {
          access: { permission: 'app.destroy', scope: 'team', filtered: true, fresh: true },
        },
        schema: {
          summary: 'Purge an app that has been in the trash for 7 days; its volumes stay there',
          params: TrashParams,
          body: DestroyApp,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params, body }, reply) => {
        await trash.purgeApp(actor, params.id, body.confirm)
        reply.code(204)
        return null
      },
    )
  }
