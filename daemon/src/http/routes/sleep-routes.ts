import { AppSleep } from '@vastrox/shared/sleep.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { SleepService } from '#core/sleep/sleep-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

export const sleepRoutes =
  (sleep: SleepService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/sleep',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'Whether an app sleeps, and what that saved',
          description: 'The settings sleepAfterMs, sleepWorkers and sleepIgnoresMonitors say when.',
          params: AppParams,
          response: { 200: AppSleep },
        },
      },
      async ({ actor, params }) => sleep.get(actor, params.name),
    )

    for (const act of ['sleep', 'wake'] as const)
      server.post(
        `/apps/:name/${act}`,
        {
          config: { access: { permission: 'app.change', scope: 'app' } },
          schema: {
            summary: act === 'sleep' ? 'Put an app to sleep now' : 'Wake an app that sleeps',
            params: AppParams,
            response: { 200: AppSleep },
          },
        },
        async ({ actor, params }) => sleep[act](actor, params.name),
      )
  }
