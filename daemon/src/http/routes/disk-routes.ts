import { AppDisk, ChangeAppDisk } from '@vastrox/shared/disk-use.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { DiskService } from '#core/nodes/disk-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const diskRoutes =
  (disk: DiskService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/disk-use',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: {
          summary: 'What apps take of the disk with their volumes, and may take',
          response: { 200: pageOf(AppDisk) },
        },
      },
      async ({ actor }) => ({ items: await disk.list(actor), nextCursor: null }),
    )

    server.get(
      '/apps/:name/disk',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'What the app takes of the disk with its volumes, and may take',
          params: AppParams,
          response: { 200: AppDisk },
        },
      },
      async ({ actor, params }) => disk.get(actor, params.name),
    )

    server.patch(
      '/apps/:name/disk',
      {
        config: { access: { permission: 'node.change', scope: 'app' } },
        schema: {
          summary: 'Change how much of the disk the app may take with its volumes',
          params: AppParams,
          body: ChangeAppDisk,
          response: { 200: AppDisk },
        },
      },
      async ({ actor, params, body }) => disk.change(actor, params.name, body),
    )
  }
