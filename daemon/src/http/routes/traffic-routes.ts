import { Readable } from 'node:stream'
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
      '/apps/:name/access-log/download',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'Every request that is written down, oldest first, a line of JSON each',
          params: AppParams,
          querystring: AccessLogFilter,
        },
      },
      async ({ actor, params, query }, reply) => {
        const lines = accessLog.all(actor, params.name, query)
        reply
          .type('application/x-ndjson')
          .header('content-disposition', `attachment; filename="${params.name}-access-log.ndjson"`)
        return reply.send(Readable.from(textsOf(lines), { objectMode: false }))
      },
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

/** Many lines at a time: one write for each would cost more than the line. */
const GATHERED = 200

async function* textsOf(lines: AsyncIterable<AccessLine>): AsyncGenerator<string> {
  let gathered: string[] = []
  for await (const line of lines) {
    if (gathered.push(`${JSON.stringify(line)}\n`) < GATHERED) continue
    yield gathered.join('')
    gathered = []
  }
  if (gathered.length > 0) yield gathered.join('')
}
