import { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import { User } from '@vastrox/shared/user.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { AccessService } from '#core/access/access-service.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'

/** The people of a team, and what they did. */
export const userRoutes =
  (access: AccessService, auditLog: AuditLog): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/users',
      {
        config: { access: { permission: 'user.manage', scope: 'team' } },
        schema: { summary: 'Users of the team', response: { 200: pageOf(User) } },
      },
      async ({ actor }) => ({ items: access.listUsers(actor), nextCursor: null }),
    )

    server.get(
      '/audit-events',
      {
        config: { access: { permission: 'audit.read', scope: 'team' } },
        schema: {
          summary: 'Who did what to what, newest first',
          querystring: PageQuery,
          response: { 200: pageOf(AuditEvent) },
        },
      },
      async ({ actor, query }) => auditLog.list(actor, query),
    )
  }
