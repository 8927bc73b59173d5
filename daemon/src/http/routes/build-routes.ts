import { BuildPlan, Ejected, ReleaseBuild, StackChoice } from '@vastrox/shared/build-plan.ts'
import { vastroxFileSchema } from '@vastrox/shared/vastrox-file.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { BuildService } from '#core/builds/build-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'
import { ReleaseParams } from '#http/routes/release-routes.ts'

export const buildRoutes =
  (builds: BuildService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/schemas/vastrox.json',
      {
        config: { access: { permission: 'public', scope: 'platform' } },
        schema: { summary: 'The JSON Schema of vastrox.json, for editors' },
      },
      async (_request, reply) =>
        reply.type('application/schema+json').send(JSON.stringify(vastroxFileSchema())),
    )

    server.get(
      '/stacks',
      {
        config: { access: { permission: 'signed-in', scope: 'platform' } },
        schema: {
          summary: 'The stacks that can be chosen, in the order of precedence',
          response: { 200: pageOf(StackChoice) },
        },
      },
      async () => ({ items: builds.stacks(), nextCursor: null }),
    )

    server.get(
      '/apps/:name/build-plan',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'How the last source would be built with the settings of now',
          params: AppParams,
          response: { 200: BuildPlan },
        },
      },
      async ({ actor, params }) => builds.plan(actor, params.name),
    )

    server.get(
      '/apps/:name/releases/:number/build',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'How the image of a release came to be',
          params: ReleaseParams,
          response: { 200: ReleaseBuild },
        },
      },
      async ({ actor, params }) => builds.ofRelease(actor, params.name, params.number),
    )

    const access = { permission: 'app.read', scope: 'app' } as const
    server.get(
      '/apps/:name/releases/:number/dockerfile',
      {
        config: { access },
        schema: {
          summary: 'The generated Dockerfile and its files, to be committed (eject)',
          params: ReleaseParams,
          response: { 200: Ejected },
        },
      },
      async ({ actor, params }) => builds.eject(actor, params.name, params.number),
    )

    server.get(
      '/apps/:name/releases/:number/dockerfile.tar',
      {
        config: { access },
        schema: { summary: 'The same files as a tar', params: ReleaseParams },
      },
      async ({ actor, params }, reply) =>
        reply
          .type('application/x-tar')
          .header('content-disposition', 'attachment; filename="dockerfile.tar"')
          .send(builds.tarOf(await builds.eject(actor, params.name, params.number))),
    )
  }
