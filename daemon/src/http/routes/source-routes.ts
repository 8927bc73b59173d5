import { Deployment } from '@vastrox/shared/deployment.ts'
import { AppSources, ChangeAppImage, DeployImage } from '@vastrox/shared/image-source.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ImageService } from '#core/sources/image-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const sourceRoutes =
  (images: ImageService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/sources',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'Where the code of an app comes from besides what is pushed',
          params: AppParams,
          response: { 200: AppSources },
        },
      },
      async ({ actor, params }) => images.get(actor, params.name),
    )

    server.post(
      '/apps/:name/sources/image',
      {
        config: { access: { permission: 'app.deploy', scope: 'app' } },
        schema: {
          summary: 'Deploy an image as it is, its digest pinned',
          params: AppParams,
          body: DeployImage,
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return images.deploy(actor, params.name, body)
      },
    )

    server.patch(
      '/apps/:name/sources/image',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Follow the tag of the image, or no longer',
          params: AppParams,
          body: ChangeAppImage,
          response: { 200: AppSources },
        },
      },
      async ({ actor, params, body }) => images.change(actor, params.name, body),
    )
  }
