import { Deployment, RollBack } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Release, SourceDifference } from '@vastrox/shared/release.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { ReleaseSources } from '#core/releases/release-sources.ts'
import type { ReleaseService } from '#core/releases/release-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const ReleaseParams = AppParams.extend({ number: z.coerce.number().int().positive() })

export const releaseRoutes =
  (
    releases: ReleaseService,
    sources: ReleaseSources,
    deployments: DeploymentService,
  ): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/releases',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The releases of an app, newest first',
          params: AppParams,
          response: { 200: pageOf(Release) },
        },
      },
      async ({ actor, params }) => ({
        items: releases.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.get(
      '/apps/:name/releases/:number/source-difference',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'Which files a release’s code has added, removed or changed',
          params: ReleaseParams,
          querystring: z.object({ with: z.coerce.number().int().positive().optional() }),
          response: { 200: SourceDifference },
        },
      },
      async ({ actor, params, query }) =>
        sources.difference(actor, params.name, params.number, query.with),
    )

    server.get(
      '/apps/:name/releases/:number/source-file',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'One file of the code that a release was built from, up to 1 MB',
          params: ReleaseParams,
          // None at all is refused by the service, which looks at who asks first.
          querystring: z.object({ path: z.string().max(4_095).default('') }),
        },
      },
      async ({ actor, params, query }, reply) => {
        const bytes = await sources.file(actor, params.name, params.number, query.path)
        // Never shown in the dashboard's own origin: what an app's files hold is not ours.
        reply.headers({
          'content-type': 'application/octet-stream',
          'content-disposition': 'attachment',
        })
        return reply.send(bytes)
      },
    )

    server.post(
      '/apps/:name/releases/:number/roll-back',
      {
        config: { access: { permission: 'app.deploy', scope: 'app' } },
        schema: {
          summary: 'Make an older release live again',
          params: ReleaseParams,
          body: RollBack.nullish(),
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        const how = RollBack.parse(body ?? {})
        reply.code(202)
        return deployments.rollBack(actor, params.name, params.number, how)
      },
    )
  }
