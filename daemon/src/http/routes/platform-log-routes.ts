import { FoundLine, LogSearchReply } from '@vastrox/shared/log.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { OpenPlatformLogs } from '#core/logs/platform-logs.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { LogDownloadQuery, sendLog } from '#http/log-download.ts'
import { sendLines } from '#http/log-lines.ts'
import { LogSearchQuery, LogStreamQuery, LogTailQuery } from '#http/routes/log-routes.ts'

const ACCESS = { permission: 'node.read', scope: 'platform' } as const

/** What the processes of Vastrox itself print. */
export const platformLogRoutes =
  (open: OpenPlatformLogs, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/platform/logs',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'The last lines that the processes of Vastrox printed, oldest first',
          querystring: LogTailQuery,
          response: { 200: pageOf(FoundLine) },
        },
      },
      async ({ actor, query: { limit, ...filter } }) => ({
        items: await (await open()).tail(actor, limit, filter),
        nextCursor: null,
      }),
    )

    server.get(
      '/platform/logs/search',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'Looks through everything that the processes of Vastrox printed, newest first',
          querystring: LogSearchQuery,
          response: { 200: LogSearchReply },
        },
      },
      async ({ actor, query: { limit, cursor, ...filter } }) =>
        (await open()).search(actor, filter, { cursor, limit }),
    )

    server.get(
      '/platform/logs/download',
      {
        config: { access: ACCESS },
        schema: {
          summary:
            'Everything that the processes of Vastrox printed, oldest first, as text or a line of JSON each',
          querystring: LogDownloadQuery,
        },
      },
      async (request, reply) => {
        const { format, gzip, ...filter } = request.query
        const logs = await open()
        return sendLog(reply, { name: 'vastrox', format, gzip }, (signal) =>
          logs.all(request.actor, filter, signal),
        )
      },
    )

    server.get(
      '/platform/logs/stream',
      {
        config: { access: ACCESS },
        schema: {
          summary:
            'The last lines of Vastrox’s own log and then each as it comes (server-sent events)',
          querystring: LogStreamQuery,
        },
      },
      async (request, reply) => {
        const { limit, after, ...filter } = request.query
        const logs = await open()
        const client = new AbortController()
        const from = { limit, filter, after: lastEventId(request) ?? after }
        const lines = logs.follow(request.actor, from, client.signal)
        await sendLines(sources.open(request, reply), lines, client)
      },
    )
  }
