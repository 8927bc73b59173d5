import { LogLine } from '@vastrox/shared/log.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type LogService, MAX_LINES } from '#core/logs/log-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Query = z.object({ limit: z.coerce.number().int().min(0).max(MAX_LINES).default(200) })

export const logRoutes =
  (logs: LogService, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/logs',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last lines of an app’s log, oldest first',
          params: AppParams,
          querystring: Query,
          response: { 200: pageOf(LogLine) },
        },
      },
      async ({ actor, params, query }) => ({
        items: await logs.tail(actor, params.name, query.limit),
        nextCursor: null,
      }),
    )

    server.get(
      '/apps/:name/logs/stream',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last lines and then each line as it comes (server-sent events)',
          params: AppParams,
          querystring: Query,
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        const client = new AbortController()
        const lines = logs.follow(actor, params.name, query.limit, client.signal)
        const source = sources.open(request, reply)
        source.signal.addEventListener('abort', () => client.abort(), { once: true })
        if (source.signal.aborted) client.abort()
        const after = lastEventId(request)
        try {
          for await (const line of lines)
            if (after === undefined || line.at > after) await source.send(line, line.at)
        } finally {
          source.end()
        }
      },
    )
  }
