import { Deployment, RollBack } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Release } from '@vastrox/shared/release.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { ReleaseService } from '#core/releases/release-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const ReleaseParams = AppParams.extend({ number: z.coerce.number().int().positive() })

export const releaseRoutes =
  (releases: ReleaseService, deployments: DeploymentService): FastifyPluginAsyncZod =>
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
