import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { EXPOSITION_TYPES } from '#core/metrics/exposition.ts'
import type { OpenPrometheus } from '#core/metrics/open-metrics.ts'

export const prometheusRoutes =
  (open: OpenPrometheus): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/metrics',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: {
          summary:
            'What is measured of apps, add-ons and the machine now, for Prometheus (text format or OpenMetrics)',
        },
      },
      async ({ actor, headers }, reply) => {
        const how = headers.accept?.includes('application/openmetrics-text')
          ? 'openmetrics'
          : 'text'
        reply.type(EXPOSITION_TYPES[how]).header('cache-control', 'no-store')
        return reply.send((await open()).expose(actor, how))
      },
    )
  }
