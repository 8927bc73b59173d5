import {
  Backup,
  BackupFile,
  BackupState,
  ChangeBackup,
  ConfirmName,
  CreateBackup,
  CreateSubjectBackup,
  DestinationName,
  SubjectOverview,
  SubjectRef,
} from '@vastrox/shared/backup.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const CREATE = { access: { permission: 'backup.create', scope: 'team' } } as const
const MANAGE = { access: { permission: 'backup.manage', scope: 'team' } } as const
const MANAGE_FRESH = { access: { ...MANAGE.access, fresh: true } } as const
const CONTENT_FRESH = {
  access: { permission: 'backup.restore', scope: 'team', fresh: true },
} as const

const Params = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })
const Filter = PageQuery.extend({
  subject: SubjectRef.optional(),
  destination: DestinationName.optional(),
  state: BackupState.optional(),
  group: z
    .string()
    .regex(/^[a-z0-9]{8,40}$/)
    .optional(),
})
const Path = z.string().max(4_096).startsWith('/')

/** What was backed up, and backing up now. */
export const backupRoutes =
  (load: LoadBackups): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/backups',
      {
        config: READ,
        schema: {
          summary: 'Backups of the team, newest first',
          querystring: Filter,
          response: { 200: pageOf(Backup) },
        },
      },
      async ({ actor, query }) => (await load()).backups.list(actor, query),
    )

    server.get(
      '/backup-subjects',
      {
        config: READ,
        schema: {
          summary: 'Everything that can be backed up, or was: its proof, sizes and growth',
          querystring: PageQuery,
          response: { 200: pageOf(SubjectOverview) },
        },
      },
      async ({ actor, query }) => (await load()).overview.listPage(actor, query),
    )

    server.post(
      '/backups',
      {
        config: CREATE,
        schema: {
          summary: 'Back up one database, volume, app or the platform now',
          body: CreateSubjectBackup,
          response: { 202: Backup },
        },
      },
      async ({ actor, body: { subject, ...wish } }, reply) => {
        const { backups } = await load()
        reply.code(202)
        return backups.create(actor, subject, wish)
      },
    )

    server.get(
      '/apps/:name/backups',
      {
        config: { access: { permission: 'backup.read', scope: 'app' } },
        schema: {
          summary: 'Backups of an app, its volumes and the databases that were made with them',
          params: AppParams,
          querystring: PageQuery,
          response: { 200: pageOf(Backup) },
        },
      },
      async ({ actor, params, query }) =>
        (await load()).backups.listOfApp(actor, params.name, query),
    )

    server.post(
      '/apps/:name/backups',
      {
        config: { access: { permission: 'backup.create', scope: 'app' } },
        schema: {
          summary: 'Back up code, env, volumes and attached databases of an app now',
          params: AppParams,
          body: CreateBackup,
          response: { 202: pageOf(Backup) },
        },
      },
      async ({ actor, params, body }, reply) => {
        const { backups } = await load()
        reply.code(202)
        return { items: backups.createForApp(actor, params.name, body), nextCursor: null }
      },
    )

    server.get(
      '/backups/:id',
      {
        config: READ,
        schema: { summary: 'A backup', params: Params, response: { 200: Backup } },
      },
      async ({ actor, params }) => (await load()).backups.get(actor, params.id),
    )

    server.patch(
      '/backups/:id',
      {
        config: MANAGE,
        schema: {
          summary: 'Keep a backup from being removed by retention, or let it go',
          params: Params,
          body: ChangeBackup,
          response: { 200: Backup },
        },
      },
      async ({ actor, params, body }) => (await load()).backups.keep(actor, params.id, body.isKept),
    )

    server.post(
      '/backups/:id/cancel',
      {
        config: CREATE,
        schema: {
          summary: 'Cancel a backup that waits or is being made; nothing of it is kept',
          params: Params,
          response: { 200: Backup },
        },
      },
      async ({ actor, params }) => (await load()).backups.cancel(actor, params.id),
    )

    server.delete(
      '/backups/:id',
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Remove a backup for good; `confirm` is the name of what it is of',
          params: Params,
          body: ConfirmName,
          response: { 202: Backup },
        },
      },
      async ({ actor, params, body }, reply) => {
        const { backups } = await load()
        reply.code(202)
        return backups.remove(actor, params.id, body.confirm)
      },
    )

    server.get(
      '/backups/:id/files',
      {
        config: CONTENT_FRESH,
        schema: {
          summary: 'A folder of what is in a backup; at most 1,000 entries',
          params: Params,
          querystring: z.object({ path: Path.default('/') }),
          response: { 200: pageOf(BackupFile) },
        },
      },
      async ({ actor, params, query }) => ({
        items: await (await load()).backups.files(actor, params.id, query.path),
        nextCursor: null,
      }),
    )

    server.get(
      '/backups/:id/content',
      {
        config: CONTENT_FRESH,
        schema: {
          summary: 'Download a backup: a dump as its tool printed it, files as a tar',
          params: Params,
          querystring: z.object({ path: Path.optional() }),
        },
      },
      async ({ actor, params, query }, reply) => {
        const { download } = await load()
        const { name, sizeBytes, content } = await download(
          actor,
          params.id,
          query.path,
          goneSignal(reply),
        )
        reply.headers({
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename="${name}"`,
          ...(sizeBytes === null ? {} : { 'content-length': sizeBytes }),
        })
        return reply.send(content)
      },
    )
  }

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.on('close', () => {
    if (!raw.writableFinished) gone.abort(new Error('whoever asked has gone'))
  })
  return gone.signal
}
