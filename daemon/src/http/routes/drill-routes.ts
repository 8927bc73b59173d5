import { Drill } from '@vastrox/shared/backup.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadWayBack } from '#core/restores/way-back-services.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const Id = z.string().regex(/^[a-z0-9]{8,40}$/)
const Query = PageQuery.extend({
  /** Of this backup alone. */
  backup: Id.optional(),
  /** Of this subject alone, by its type and its id. */
  type: Drill.shape.subject.shape.type.optional(),
  subject: Id.optional(),
})

/** Proof that backups can be restored. */
export const drillRoutes =
  (load: LoadWayBack): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/drills',
      {
        config: READ,
        schema: {
          summary: 'Restores for proof, newest first, with what they looked at',
          querystring: Query,
          response: { 200: pageOf(Drill) },
        },
      },
      async ({ actor, query }) => {
        const { type, subject, backup } = query
        const of = type && subject !== undefined ? { type, id: subject } : undefined
        const { drills } = await load()
        return drills.list(actor, { subject: of, backupId: backup }, query)
      },
    )

    server.get(
      '/drills/:id',
      {
        config: READ,
        schema: {
          summary: 'A restore for proof',
          params: z.object({ id: Id }),
          response: { 200: Drill },
        },
      },
      async ({ actor, params }) => (await load()).drills.get(actor, params.id),
    )

    server.post(
      '/backups/:id/drill',
      {
        config: { access: { permission: 'backup.create', scope: 'team' } },
        schema: {
          summary:
            'Restore a backup into a throw-away place, look whether all is there, and say so',
          params: z.object({ id: Id }),
          response: { 202: Drill },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(202)
        return (await load()).drills.request(actor, params.id)
      },
    )
  }
