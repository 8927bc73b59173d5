import {
  ChangeLogSettings,
  FoundLine,
  LogSearchReply,
  LogSettingsView,
} from '@vastrox/shared/log.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { LogDownloadQuery, sendLog } from '#http/log-download.ts'
import { sendLines } from '#http/log-lines.ts'
import { AddonParams } from '#http/routes/addon-routes.ts'
import { LogSearchQuery, LogStreamQuery, LogTailQuery } from '#http/routes/log-routes.ts'

const ACCESS = { permission: 'addon.read', scope: 'team' } as const

/** What the servers of add-ons print, also those that are gone. */
export const addonLogRoutes =
  (open: OpenAddons, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/addons/:addon/logs',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'The last lines of an add-on’s log that the filter lets through, oldest first',
          params: AddonParams,
          querystring: LogTailQuery,
          response: { 200: pageOf(FoundLine) },
        },
      },
      async ({ actor, params, query: { limit, ...filter } }) => ({
        items: await (await open()).logs.tail(actor, params.addon, limit, filter),
        nextCursor: null,
      }),
    )

    server.get(
      '/addons/:addon/logs/search',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'Looks through everything that is kept of an add-on’s log, newest first',
          params: AddonParams,
          querystring: LogSearchQuery,
          response: { 200: LogSearchReply },
        },
      },
      async ({ actor, params, query: { limit, cursor, ...filter } }) =>
        (await open()).logs.search(actor, params.addon, filter, { cursor, limit }),
    )

    server.get(
      '/addons/:addon/logs/download',
      {
        config: { access: ACCESS },
        schema: {
          summary:
            'Everything that is kept of an add-on’s log, oldest first, as text or a line of JSON each',
          params: AddonParams,
          querystring: LogDownloadQuery,
        },
      },
      async (request, reply) => {
        const { format, gzip, ...filter } = request.query
        const { addon: name } = request.params
        const { logs } = await open()
        return sendLog(reply, { name, format, gzip }, (signal) =>
          logs.all(request.actor, name, filter, signal),
        )
      },
    )

    server.get(
      '/addons/:addon/logs/settings',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'How long lines of an add-on are kept and how many, and what there is of them',
          params: AddonParams,
          response: { 200: LogSettingsView },
        },
      },
      async ({ actor, params }) => (await open()).logs.settings.get(actor, params.addon),
    )

    server.patch(
      '/addons/:addon/logs/settings',
      {
        config: { access: { permission: 'addon.change', scope: 'team' } },
        schema: {
          summary:
            'Change how long lines of an add-on are kept, how many, and how fast it may print',
          params: AddonParams,
          body: ChangeLogSettings,
          response: { 200: LogSettingsView },
        },
      },
      async ({ actor, params, body }) =>
        (await open()).logs.settings.change(actor, params.addon, body),
    )

    server.get(
      '/addons/:addon/logs/stream',
      {
        config: { access: ACCESS },
        schema: {
          summary: 'The last lines and then each line as it comes (server-sent events)',
          params: AddonParams,
          querystring: LogStreamQuery,
        },
      },
      async (request, reply) => {
        const { actor, params } = request
        const { limit, after, ...filter } = request.query
        const { logs } = await open()
        const client = new AbortController()
        const from = { limit, filter, after: lastEventId(request) ?? after }
        const lines = logs.follow(actor, params.addon, from, client.signal)
        await sendLines(sources.open(request, reply), lines, client)
      },
    )
  }
