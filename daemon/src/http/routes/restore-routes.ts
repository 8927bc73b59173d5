import { CreateRestore, Restore } from '@vastrox/shared/backup.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RestoreService } from '#core/backups/restore-service.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const Params = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })

/** The way back. */
export const restoreRoutes =
  (restores: RestoreService): FastifyPluginAsyncZod =>
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
        return restores.request(actor, params.id, body)
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
      async ({ actor, query }) => restores.list(actor, query),
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
      async ({ actor, params }) => restores.get(actor, params.id),
    )
  }
