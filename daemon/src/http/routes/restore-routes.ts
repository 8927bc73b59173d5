import { CreateRestore, Restore } from '@vastrox/shared/backup.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadWayBack } from '#core/restores/way-back-services.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const Params = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })

/** The way back. */
export const restoreRoutes =
  (load: LoadWayBack): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/backups/:id/restore',
      {
        config: { access: { permission: 'backup.restore', scope: 'team', fresh: true } },
        schema: {
          summary:
            'Restore a backup: beside what is there, in its place, over it, or single files of it',
          params: Params,
          body: CreateRestore,
          response: { 202: Restore },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return (await load()).restores.request(actor, params.id, body)
      },
    )

    server.get(
      '/restores',
      {
        config: READ,
        schema: {
          summary: 'Restores and imports, newest first',
          querystring: PageQuery,
          response: { 200: pageOf(Restore) },
        },
      },
      async ({ actor, query }) => (await load()).restores.list(actor, query),
    )

    server.get(
      '/restores/:id',
      {
        config: READ,
        schema: {
          summary: 'A restore or an import: how far it is, and what was looked at',
          params: Params,
          response: { 200: Restore },
        },
      },
      async ({ actor, params }) => (await load()).restores.get(actor, params.id),
    )
  }
