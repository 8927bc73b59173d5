import { Node } from '@vastrox/shared/node.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { NodeService } from '#core/nodes/node-service.ts'

export const nodeRoutes =
  (nodes: NodeService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/nodes',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: { summary: 'The machines that instances run on', response: { 200: pageOf(Node) } },
      },
      async () => ({ items: await nodes.list(), nextCursor: null }),
    )
  }
