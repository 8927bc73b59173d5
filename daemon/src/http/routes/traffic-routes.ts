import { pageOf } from '@vastrox/shared/page.ts'
import { AccessLine, AccessLogFilter, Traffic } from '@vastrox/shared/traffic.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type AccessLogService, MAX_ACCESS_LINES } from '#core/logs/access-log-service.ts'
import { MAX_MINUTES, type TrafficService } from '#core/metrics/traffic-service.ts'
import type { EventSources } from '#http/event-sources.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Minutes = z.object({
  minutes: z.coerce.number().int().min(1).max(MAX_MINUTES).default(MAX_MINUTES),
})
const Lines = AccessLogFilter.extend({
  limit: z.coerce.number().int().min(1).max(MAX_ACCESS_LINES).default(200),
})

export const trafficRoutes =
  (
    traffic: TrafficService,
    accessLog: AccessLogService,
    sources: EventSources,
  ): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/traffic',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'What visitors met in the last minutes, counted by the proxy',
          params: AppParams,
          querystring: Minutes,
          response: { 200: Traffic },
        },
      },
      ({ actor, params, query }) => traffic.read(actor, params.name, query.minutes),
    )

    server.get(
      '/apps/:name/access-log',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last requests to an app, oldest first',
          params: AppParams,
          querystring: Lines,
          response: { 200: pageOf(AccessLine) },
        },
      },
      async ({ actor, params, query: { limit, ...filter } }) => ({
        items: await accessLog.tail(actor, params.name, filter, limit),
        nextCursor: null,
      }),
    )

    server.get(
      '/apps/:name/access-log/stream',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last requests and then each as it comes (server-sent events)',
          params: AppParams,
          querystring: Lines,
        },
      },
      async (request, reply) => {
        const { actor, params } = request
        const { limit, ...filter } = request.query
        const client = new AbortController()
        const lines = accessLog.follow(actor, params.name, filter, limit, client.signal)
        const source = sources.open(request, reply)
        source.signal.addEventListener('abort', () => client.abort(), { once: true })
        if (source.signal.aborted) client.abort()
        try {
          for await (const line of lines) await source.send(line, line.time)
        } finally {
          source.end()
        }
      },
    )
  }
