import { Deployment } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Process, Scale } from '@vastrox/shared/process.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { ProcessService } from '#core/processes/process-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const processRoutes =
  (processes: ProcessService, deployments: DeploymentService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/processes',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The processes of an app, with their instances',
          params: AppParams,
          response: { 200: pageOf(Process) },
        },
      },
      async ({ actor, params }) => ({
        items: await processes.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.patch(
      '/apps/:name/processes',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Change how many instances processes have',
          params: AppParams,
          body: Scale,
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return deployments.scale(actor, params.name, body)
      },
    )
  }
