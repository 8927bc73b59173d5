import {
  ChangeLogSettings,
  FoundLine,
  LogFilter,
  LogSearchReply,
  LogSettingsView,
} from '@vastrox/shared/log.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { MAX_FOUND, MAX_LINES } from '#core/logs/kept-logs.ts'
import type { LogService } from '#core/logs/log-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { sendLines } from '#http/log-lines.ts'
import { LogDownloadQuery, sendLog } from '#http/log-download.ts'
import { AppParams } from '#http/routes/app-routes.ts'

/** How a log is read; those of add-ons and of the platform are read so too. */
export const LogTailQuery = LogFilter.extend({
  limit: z.coerce.number().int().min(0).max(MAX_LINES).default(200),
})
/** Behind this line, where a client cannot send Last-Event-ID. */
export const LogStreamQuery = LogTailQuery.extend({ after: z.string().max(60).optional() })
export const LogSearchQuery = LogFilter.extend({
  cursor: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_FOUND).default(100),
})

export const logRoutes =
  (logs: LogService, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/logs',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last lines of an app’s log that the filter lets through, oldest first',
          params: AppParams,
          querystring: LogTailQuery,
          response: { 200: pageOf(FoundLine) },
        },
      },
      async ({ actor, params, query: { limit, ...filter } }) => ({
        items: await logs.tail(actor, params.name, limit, filter),
        nextCursor: null,
      }),
    )

    server.get(
      '/apps/:name/logs/search',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'Looks through everything that is kept of an app’s log, newest first',
          params: AppParams,
          querystring: LogSearchQuery,
          response: { 200: LogSearchReply },
        },
      },
      ({ actor, params, query: { limit, cursor, ...filter } }) =>
        logs.search(actor, params.name, filter, { cursor, limit }),
    )

    server.get(
      '/apps/:name/logs/download',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary:
            'Everything that is kept of an app’s log, oldest first, as text or a line of JSON each',
          params: AppParams,
          querystring: LogDownloadQuery,
        },
      },
      (request, reply) => {
        const { format, gzip, ...filter } = request.query
        const { name } = request.params
        return sendLog(reply, { name, format, gzip }, (signal) =>
          logs.all(request.actor, name, filter, signal),
        )
      },
    )

    server.get(
      '/apps/:name/logs/settings',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'How long lines of an app are kept and how many, and what there is of them',
          params: AppParams,
          response: { 200: LogSettingsView },
        },
      },
      ({ actor, params }) => logs.settings.get(actor, params.name),
    )

    server.patch(
      '/apps/:name/logs/settings',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Change how long lines of an app are kept, how many, and how fast it may print',
          params: AppParams,
          body: ChangeLogSettings,
          response: { 200: LogSettingsView },
        },
      },
      ({ actor, params, body }) => logs.settings.change(actor, params.name, body),
    )

    server.get(
      '/apps/:name/logs/stream',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The last lines and then each line as it comes (server-sent events)',
          params: AppParams,
          querystring: LogStreamQuery,
        },
      },
      async (request, reply) => {
        const { actor, params } = request
        const { limit, after, ...filter } = request.query
        const client = new AbortController()
        const from = { limit, filter, after: lastEventId(request) ?? after }
        const lines = logs.follow(actor, params.name, from, client.signal)
        await sendLines(sources.open(request, reply), lines, client)
      },
    )
  }
