import { Deployment } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import {
  ChangeVolume,
  ConfirmVolume,
  CreateVolume,
  DestroyedVolume,
  Volume,
  VolumeName,
} from '@vastrox/shared/volume.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { VolumeService } from '#core/volumes/volume-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const VolumeParams = AppParams.extend({ volume: VolumeName })
const TrashParams = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })
/** The volume, and the deployment that gives it to the instances; null where nothing runs yet. */
const Changed = z.object({ volume: Volume, deployment: Deployment.nullable() })

export const volumeRoutes =
  (volumes: VolumeService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/volumes',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The volumes of an app, with their sizes',
          params: AppParams,
          response: { 200: pageOf(Volume) },
        },
      },
      async ({ actor, params }) => ({
        items: await volumes.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.post(
      '/apps/:name/volumes',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Create a volume: a directory that outlives instances',
          params: AppParams,
          body: CreateVolume,
          response: { 201: Changed },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return volumes.create(actor, params.name, body)
      },
    )

    server.patch(
      '/apps/:name/volumes/:volume',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Change where a volume is mounted, and who gets it',
          params: VolumeParams,
          body: ChangeVolume,
          response: { 200: Changed },
        },
      },
      async ({ actor, params, body }) => volumes.change(actor, params.name, params.volume, body),
    )

    server.delete(
      '/apps/:name/volumes/:volume',
      {
        config: { access: { permission: 'app.destroy', scope: 'app', fresh: true } },
        schema: {
          summary: 'Destroy a volume: it waits in the trash, with its data',
          params: VolumeParams,
          body: ConfirmVolume,
          response: { 200: Changed },
        },
      },
      async ({ actor, params, body }) =>
        volumes.destroy(actor, params.name, params.volume, body.confirm),
    )

    server.get(
      '/destroyed-volumes',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: { summary: 'Volumes in the trash', response: { 200: pageOf(DestroyedVolume) } },
      },
      async ({ actor }) => ({ items: await volumes.listDestroyed(actor), nextCursor: null }),
    )

    server.post(
      '/destroyed-volumes/:id/restore',
      {
        config: { access: { permission: 'app.change', scope: 'team', filtered: true } },
        schema: {
          summary: 'Take a volume out of the trash',
          params: TrashParams,
          response: { 200: Changed },
        },
      },
      async ({ actor, params }) => volumes.restore(actor, params.id),
    )

    server.delete(
      '/destroyed-volumes/:id',
      {
        config: {
          access: { permission: 'app.destroy', scope: 'team', filtered: true, fresh: true },
        },
        schema: {
          summary:
            'Purge a volume that has been in the trash for 7 days: its data is gone for ever',
          params: TrashParams,
          body: ConfirmVolume,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params, body }, reply) => {
        await volumes.purge(actor, params.id, body.confirm)
        reply.code(204)
        return null
      },
    )
  }
