import {
  AppliedConfig,
  ApplyConfig,
  ConfigPlan,
  ConfigQuery,
  PlanConfig,
} from '@vastrox/shared/config-file.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { LoadConfig } from '#core/config-file/config-service.ts'

/** Settings as one file: what there is, what another would change, and to make it so. */
export const configRoutes =
  (load: LoadConfig): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/config',
      {
        config: {
          // Values of env variables stand in it.
          access: { permission: 'app.read', scope: 'team', filtered: true, fresh: true },
        },
        schema: {
          summary: 'The settings of an app, or of everything, as a file (YAML)',
          description:
            'What is as usual is left out, and so is what you may not see. Secrets stand in it by a digest alone.',
          querystring: ConfigQuery,
        },
      },
      async ({ actor, query }, reply) => {
        const text = await (await load()).write(actor, query)
        return reply
          .type('application/yaml; charset=utf-8')
          .header('content-disposition', `attachment; filename="${query.app ?? 'vastrox'}.yaml"`)
          .send(text)
      },
    )

    server.post(
      '/config/plan',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true, fresh: true } },
        schema: {
          summary: 'What applying a file of settings would change; nothing is changed',
          body: PlanConfig,
          response: { 200: ConfigPlan },
        },
      },
      async ({ actor, body }) => (await load()).plan(actor, body),
    )

    server.post(
      '/config/apply',
      {
        config: {
          access: { permission: 'app.change', scope: 'team', filtered: true, fresh: true },
        },
        schema: {
          summary: 'Make it as a file of settings says, by the plan of that digest',
          description:
            'Where one change fails those before it stay, and applying again goes on from there.',
          body: ApplyConfig,
          response: { 200: AppliedConfig },
        },
      },
      async ({ actor, body }) => (await load()).apply(actor, body),
    )
  }
