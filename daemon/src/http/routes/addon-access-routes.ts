import { AddonException, CreateAddonException } from '@vastrox/shared/addon.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { EventSources } from '#http/event-sources.ts'
import { AddonParams } from '#http/routes/addon-routes.ts'

const ExceptionParams = AddonParams.extend({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })
const LogLine = z.object({
  at: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
})
const Tail = z.object({ limit: z.coerce.number().int().min(0).max(10_000).default(200) })

/** What servers print, and ways in from outside. */
export const addonAccessRoutes =
  (open: OpenAddons, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/addons/:addon/logs',
      {
        config: { access: { permission: 'addon.read', scope: 'team' } },
        schema: {
          summary: 'The last lines that an add-on printed, oldest first',
          params: AddonParams,
          querystring: Tail,
          response: { 200: pageOf(LogLine) },
        },
      },
      async ({ actor, params, query }) => {
        const { service } = await open()
        const wish = { tail: query.limit, follow: false }
        const items: z.input<typeof LogLine>[] = []
        const signal = AbortSignal.timeout(30_000)
        for await (const { at, stream, text } of service.logs(actor, params.addon, wish, signal))
          items.push({ at, stream, text })
        return { items, nextCursor: null }
      },
    )

    server.get(
      '/addons/:addon/logs/stream',
      {
        config: { access: { permission: 'addon.read', scope: 'team' } },
        schema: {
          summary: 'The last lines and then each line as it comes (server-sent events)',
          params: AddonParams,
          querystring: Tail,
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        const { service } = await open()
        service.get(actor, params.addon)
        const source = sources.open(request, reply)
        const wish = { tail: query.limit, follow: true }
        try {
          for await (const { at, stream, text } of service.logs(
            actor,
            params.addon,
            wish,
            source.signal,
          ))
            await source.send({ at, stream, text }, at)
        } finally {
          source.end()
        }
      },
    )

    server.get(
      '/addons/:addon/exceptions',
      {
        config: { access: { permission: 'addon.read', scope: 'team' } },
        schema: {
          summary: 'Addresses outside that may connect to an add-on for a time',
          params: AddonParams,
          response: { 200: pageOf(AddonException) },
        },
      },
      async ({ actor, params }) => ({
        items: (await open()).exceptions.list(actor, params.addon),
        nextCursor: null,
      }),
    )

    server.post(
      '/addons/:addon/exceptions',
      {
        config: { access: { permission: 'addon.expose', scope: 'team', fresh: true } },
        schema: {
          summary: 'Open an add-on to one address outside, for a time',
          params: AddonParams,
          body: CreateAddonException,
          response: { 201: AddonException },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return (await open()).exceptions.create(actor, params.addon, body)
      },
    )

    server.delete(
      '/addons/:addon/exceptions/:id',
      {
        config: { access: { permission: 'addon.expose', scope: 'team' } },
        schema: {
          summary: 'Shut an add-on to an address outside again',
          params: ExceptionParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await (await open()).exceptions.remove(actor, params.addon, params.id)
        reply.code(204)
        return null
      },
    )
  }
