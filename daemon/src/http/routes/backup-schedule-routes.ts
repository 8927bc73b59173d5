import {
  BackupSchedule,
  ChangeBackupSchedule,
  CreateBackupSchedule,
  RetentionPlan,
} from '@vastrox/shared/backup.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadBackups } from '#core/backups/backup-services.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const MANAGE = { access: { permission: 'backup.manage', scope: 'team' } } as const
const PATH = '/backup-schedules'
const Params = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })

/** When what is backed up, and what is kept of it. */
export const backupScheduleRoutes =
  (load: LoadBackups): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: READ,
        schema: {
          summary: 'Schedules of backups; at most 1,000',
          response: { 200: pageOf(BackupSchedule) },
        },
      },
      async ({ actor }) => ({ items: (await load()).schedules.list(actor), nextCursor: null }),
    )

    server.post(
      PATH,
      {
        config: MANAGE,
        schema: {
          summary: 'Back up a subject again and again',
          body: CreateBackupSchedule,
          response: { 201: BackupSchedule },
        },
      },
      async ({ actor, body }, reply) => {
        const { schedules } = await load()
        const created = schedules.create(actor, body)
        reply.code(201)
        return created
      },
    )

    server.patch(
      `${PATH}/:id`,
      {
        config: MANAGE,
        schema: {
          summary: 'Change a schedule, or switch it off or on',
          params: Params,
          body: ChangeBackupSchedule,
          response: { 200: BackupSchedule },
        },
      },
      async ({ actor, params, body }) => (await load()).schedules.change(actor, params.id, body),
    )

    server.delete(
      `${PATH}/:id`,
      {
        config: MANAGE,
        schema: {
          summary: 'End a schedule; what was backed up by it stays',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        const { schedules } = await load()
        schedules.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.get(
      `${PATH}/:id/retention`,
      {
        config: READ,
        schema: {
          summary: 'What its retention would remove now, and why the others stay',
          params: Params,
          response: { 200: RetentionPlan },
        },
      },
      async ({ actor, params }) => (await load()).retention.plan(actor, params.id),
    )
  }
