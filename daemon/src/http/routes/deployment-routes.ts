import { Deployment, DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readToEnd } from '#core/logs/read-to-end.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const DeploymentParams = AppParams.extend({ number: z.coerce.number().int().positive() })
const Redeploy = z.object({ noCache: z.boolean().default(false) }).nullish()
const After = z.object({ after: z.coerce.number().int().min(0).default(0) })

export const deploymentRoutes =
  (deployments: DeploymentService, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/deployments',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The deployments of an app, newest first',
          params: AppParams,
          querystring: PageQuery,
          response: { 200: pageOf(Deployment) },
        },
      },
      async ({ actor, params, query }) => deployments.list(actor, params.name, query),
    )

    server.post(
      '/apps/:name/deployments',
      {
        config: { access: { permission: 'app.deploy', scope: 'app' } },
        schema: {
          summary: 'Build the live source again and deploy it',
          params: AppParams,
          body: Redeploy,
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return deployments.redeploy(actor, params.name, { noCache: body?.noCache ?? false })
      },
    )

    server.get(
      '/apps/:name/deployments/:number',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'A deployment',
          params: DeploymentParams,
          response: { 200: Deployment },
        },
      },
      async ({ actor, params }) => deployments.get(actor, params.name, params.number),
    )

    server.post(
      '/apps/:name/deployments/:number/cancel',
      {
        config: { access: { permission: 'app.deploy', scope: 'app' } },
        schema: {
          summary: 'Cancel a deployment before its switch',
          params: DeploymentParams,
          response: { 200: Deployment },
        },
      },
      async ({ actor, params }) => deployments.cancel(actor, params.name, params.number),
    )

    server.get(
      '/apps/:name/deployments/:number/log',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The log of a deployment',
          params: DeploymentParams,
          querystring: After,
          response: { 200: pageOf(DeploymentLogLine) },
        },
      },
      async ({ actor, params, query }) => {
        const items = deployments.readLog(actor, params.name, params.number, query.after)
        return { items, nextCursor: null }
      },
    )

    server.get(
      '/apps/:name/deployments/:number/log/stream',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The log of a deployment as it grows, to its end (server-sent events)',
          params: DeploymentParams,
          querystring: After,
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        const resumed = Number(lastEventId(request) ?? 0)
        const after = Number.isSafeInteger(resumed) ? Math.max(query.after, resumed) : query.after
        deployments.get(actor, params.name, params.number)
        const source = sources.open(request, reply)
        const lines = readToEnd(
          deployments,
          actor,
          params.name,
          params.number,
          after,
          source.signal,
        )
        try {
          for await (const line of lines) await source.send(line, line.seq)
        } finally {
          source.end()
        }
      },
    )

    for (const act of ['restart', 'start'] as const)
      server.post(
        `/apps/:name/${act}`,
        {
          config: { access: { permission: 'app.change', scope: 'app' } },
          schema: {
            summary: act === 'start' ? 'Start a stopped app' : 'New instances in place of the old',
            params: AppParams,
            response: { 202: Deployment },
          },
        },
        async ({ actor, params }, reply) => {
          reply.code(202)
          return deployments[act](actor, params.name)
        },
      )

    server.post(
      '/apps/:name/stop',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: { summary: 'Stop an app', params: AppParams, response: { 204: z.undefined() } },
      },
      async ({ actor, params }, reply) => {
        await deployments.stop(actor, params.name)
        reply.code(204)
      },
    )
  }
