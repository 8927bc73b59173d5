import { MetricQuery, MetricReply } from '@vastrox/shared/metric.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenMetrics } from '#core/metrics/open-metrics.ts'
import { AddonParams } from '#http/routes/addon-routes.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const NodeParams = z.object({ node: z.string().min(1).max(64) })
const CheckParams = z.object({ id: z.string().max(64) })
const Chart = MetricQuery.omit({ by: true }).transform((query) => ({
  ...query,
  by: 'app' as const,
}))

export const metricRoutes =
  (open: OpenMetrics): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/metrics',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'What was measured of an app: its instances and its visitors',
          params: AppParams,
          querystring: MetricQuery,
          response: { 200: MetricReply },
        },
      },
      async ({ actor, params, query }) => (await open()).ofApp(actor, params.name, query),
    )

    server.get(
      '/addons/:addon/metrics',
      {
        config: { access: { permission: 'addon.read', scope: 'team' } },
        schema: {
          summary: 'What was measured of an add-on',
          params: AddonParams,
          querystring: Chart,
          response: { 200: MetricReply },
        },
      },
      async ({ actor, params, query }) => (await open()).ofAddon(actor, params.addon, query),
    )

    server.get(
      '/nodes/:node/metrics',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'What was measured of a machine, its disks and its network',
          params: NodeParams,
          querystring: Chart,
          response: { 200: MetricReply },
        },
      },
      async ({ actor, params, query }) => (await open()).ofNode(actor, params.node, query),
    )

    server.get(
      '/uptime-checks/:id/metrics',
      {
        config: { access: { permission: 'uptime.read', scope: 'team' } },
        schema: {
          summary:
            'What looks at an address have found: how many were well, and how long they took',
          params: CheckParams,
          querystring: Chart,
          response: { 200: MetricReply },
        },
      },
      async ({ actor, params, query }) => (await open()).ofUptimeCheck(actor, params.id, query),
    )

    server.get(
      '/platform/metrics',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'What the processes of Vastrox itself take',
          querystring: Chart,
          response: { 200: MetricReply },
        },
      },
      async ({ actor, query }) => (await open()).ofPlatform(actor, query),
    )
  }
