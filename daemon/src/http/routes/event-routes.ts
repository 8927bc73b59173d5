import type { LiveEvent } from '@vastrox/shared/live-event.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { LiveEventService } from '#core/apps/live-event-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'

/** A client this far behind reads everything again instead. */
const MAX_LAG = 1_000

export const eventRoutes =
  (events: LiveEventService, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.addHook('preClose', async () => sources.closeAll())

    server.get(
      '/events',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: { summary: 'What has changed, as it happens (server-sent events)' },
      },
      async (request, reply) => {
        const last = Number(lastEventId(request) ?? Number.NaN)
        const source = sources.open(request, reply)
        let waiting: LiveEvent[] = []
        let sending = Promise.resolve()

        const send = async (): Promise<void> => {
          const batch = waiting
          waiting = []
          for (const event of batch) await source.send(event, event.id)
        }
        const stop = events.subscribe(
          request.actor,
          Number.isSafeInteger(last) ? last : null,
          (event) => {
            waiting.push(event)
            if (waiting.length > MAX_LAG) source.end()
            else if (waiting.length === 1) sending = sending.then(send)
          },
        )
        source.signal.addEventListener('abort', stop, { once: true })
        if (source.signal.aborted) stop()
      },
    )
  }
