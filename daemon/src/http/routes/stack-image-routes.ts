import { StackImageList, StackImageRefresh } from '@vastrox/shared/stack-image.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { StackImageService } from '#core/stack-images/stack-image-service.ts'

export const stackImageRoutes =
  (stackImages: StackImageService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/stack-images',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'The images that are prepared once for all apps: what can be had, what is there',
          response: { 200: StackImageList },
        },
      },
      () => stackImages.list(),
    )

    server.post(
      '/stack-images/refresh',
      {
        config: { access: { permission: 'node.change', scope: 'platform' } },
        schema: {
          summary: 'Make every prepared image anew that has security updates; goes on by itself',
          response: { 202: StackImageRefresh },
        },
      },
      async ({ actor }, reply) => {
        reply.code(202)
        return stackImages.startRefresh(actor)
      },
    )
  }
