import { Readable } from 'node:stream'
import { AuditEvent, AuditFilter, AuditVerification } from '@vastrox/shared/audit-event.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AuditLog } from '#core/audit/audit-log.ts'

const READ = { permission: 'audit.read', scope: 'team' } as const

/** What people did. Events are kept for as long as the installation is: nothing removes one. */
export const auditRoutes =
  (auditLog: AuditLog): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/audit-events',
      {
        config: { access: READ },
        schema: {
          summary: 'Who did what to what, newest first',
          description:
            'Filters may look through much of the log: a page then holds fewer events than were asked for, none even, and still has a `nextCursor`.',
          querystring: PageQuery.extend(AuditFilter.shape),
          response: { 200: pageOf(AuditEvent) },
        },
      },
      async ({ actor, query: { cursor, limit, ...filter } }) =>
        auditLog.search(actor, filter, { cursor, limit }),
    )

    server.get(
      '/audit-events/export',
      {
        config: { access: READ },
        schema: {
          summary: 'The audit log as JSON lines, oldest first, with its hashes',
          querystring: AuditFilter,
          response: { 200: z.any().describe('application/x-ndjson') },
        },
      },
      async ({ actor, query }, reply) => {
        auditLog.append({
          actor,
          action: 'audit.export',
          target: 'audit-events',
          details: { ...query },
        })
        return reply
          .type('application/x-ndjson')
          .header('content-disposition', 'attachment; filename="vastrox-audit.jsonl"')
          .serializer((payload: unknown) => String(payload))
          .send(Readable.from(linesOf(auditLog, actor, query)))
      },
    )

    server.get(
      '/audit-events/verification',
      {
        config: { access: READ },
        schema: {
          summary: 'Prove that no audit event was edited, added or removed',
          response: { 200: AuditVerification },
        },
      },
      async () => auditLog.verify(),
    )
  }

async function* linesOf(
  auditLog: AuditLog,
  ...asked: Parameters<AuditLog['export']>
): AsyncGenerator<string> {
  for await (const event of auditLog.export(...asked)) yield `${JSON.stringify(event)}\n`
}
