import {
  OpenAddonTerminal,
  OpenAppTerminal,
  Terminal,
  TerminalInput,
} from '@vastrox/shared/terminal.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadTerminals, TerminalOf } from '#core/terminals/terminal-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { AddonParams } from '#http/routes/addon-routes.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Id = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })
const After = z.object({ after: z.coerce.number().int().min(0).default(0) })

const OF_APP = { permission: 'app.run', scope: 'app' } as const
const OF_ADDON = { permission: 'addon.open', scope: 'team' } as const

/** Terminals in the browser: what comes out is a stream of events, what goes in is posted. */
export const terminalRoutes =
  (load: LoadTerminals, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/apps/:name/terminals',
      {
        config: { access: { ...OF_APP, fresh: true } },
        schema: {
          summary: 'Open a shell with a terminal, in a container of its own or a running instance',
          params: AppParams,
          body: OpenAppTerminal,
          response: { 201: Terminal },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return (await load()).openApp(actor, params.name, body)
      },
    )

    server.post(
      '/addons/:addon/terminals',
      {
        config: { access: { ...OF_ADDON, fresh: true } },
        schema: {
          summary: 'Open the console of an add-on with a terminal',
          params: AddonParams,
          body: OpenAddonTerminal,
          response: { 201: Terminal },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return (await load()).openAddon(actor, params.addon, body)
      },
    )

    await server.register(
      openTerminalRoutes(load, sources, '/apps/:name', OF_APP, AppParams.extend(Id.shape), (one) =>
        of('app', one.name),
      ),
    )
    await server.register(
      openTerminalRoutes(
        load,
        sources,
        '/addons/:addon',
        OF_ADDON,
        AddonParams.extend(Id.shape),
        (one) => of('addon', one.addon),
      ),
    )
  }

const of = (kind: 'app' | 'addon', name: string): TerminalOf => `${kind} ${name}`

/** What is done with one that is open, below the app or the add-on that it is of. */
function openTerminalRoutes<Params extends z.ZodType<{ id: string }>>(
  load: LoadTerminals,
  sources: EventSources,
  path: string,
  access: typeof OF_APP | typeof OF_ADDON,
  params: Params,
  ofParams: (params: z.output<Params>) => TerminalOf,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      `${path}/terminals/:id/output`,
      {
        config: { access },
        schema: {
          summary: 'What a terminal prints, as it comes, to its end (server-sent events)',
          params,
          querystring: After,
        },
      },
      async (request, reply) => {
        const wished = params.parse(request.params)
        const resumed = Number(lastEventId(request) ?? 0)
        const after = Math.max(request.query.after, Number.isSafeInteger(resumed) ? resumed : 0)
        const closing = new AbortController()
        const { actor } = request
        const events = (await load()).read(
          actor,
          ofParams(wished),
          wished.id,
          after,
          closing.signal,
        )
        const source = sources.open(request, reply)
        source.signal.addEventListener('abort', () => closing.abort(), { once: true })
        try {
          for await (const { seq, event } of events) await source.send(event, seq)
        } finally {
          source.end()
        }
      },
    )

    server.post(
      `${path}/terminals/:id/input`,
      {
        config: { access },
        schema: {
          summary: 'Type into a terminal, or tell it the size of its window',
          params,
          body: TerminalInput,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const wished = params.parse(request.params)
        await (await load()).write(request.actor, ofParams(wished), wished.id, request.body)
        reply.code(204)
        return null
      },
    )

    server.delete(
      `${path}/terminals/:id`,
      {
        config: { access },
        schema: {
          summary: 'Close a terminal: its command is ended',
          params,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const wished = params.parse(request.params)
        await (await load()).close(request.actor, ofParams(wished), wished.id)
        reply.code(204)
        return null
      },
    )
  }
}
