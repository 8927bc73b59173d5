import { ChangeFirstRun, FirstRun } from '@vastrox/shared/first-run.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { LoadFirstRun } from '#core/first-run/first-run-service.ts'

const LIMIT_MS = 10_000

export const firstRunRoutes =
  (load: LoadFirstRun): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/first-run',
      {
        config: { access: { permission: 'app.read', scope: 'team' } },
        schema: {
          summary: 'The first steps of the team, each looked at for real',
          response: { 200: FirstRun },
        },
      },
      async ({ actor }) => (await load()).get(actor, AbortSignal.timeout(LIMIT_MS)),
    )

    server.patch(
      '/first-run',
      {
        config: { access: { permission: 'app.create', scope: 'team' } },
        schema: {
          summary: 'Put the list of first steps away, or have it back',
          body: ChangeFirstRun,
          response: { 200: FirstRun },
        },
      },
      async ({ actor, body }) => (await load()).change(actor, body, AbortSignal.timeout(LIMIT_MS)),
    )
  }
