import { once } from 'node:events'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { watchDrain } from '#http/drained.ts'
import { createPlaces } from '#lib/places.ts'

interface Options {
  heartbeatMs?: number
  recheckMs?: number
}

/** One client that is being told things as they happen. */
export interface EventSource {
  /** Aborts when the client has gone, may no longer listen, or the server closes. */
  signal: AbortSignal
  /** Resolves once the client can take more. `id` comes back as Last-Event-ID. */
  send(data: unknown, id?: string | number): Promise<void>
  end(): void
}

interface Listening extends EventSource {
  recheck(): void
}

const HEARTBEAT_MS = 15_000
/** As rule C17 has it for sockets: a session that was ended does not go on listening. */
const RECHECK_MS = 60_000
const MAX_OPEN = 500
/** Of one user or token: a few tabs of the dashboard, and what scripts follow. */
const MAX_OPEN_EACH = 20

/** Server-sent events, for every route that has some. */
export function createEventSources({
  heartbeatMs = HEARTBEAT_MS,
  recheckMs = RECHECK_MS,
}: Options = {}) {
  const open = new Set<Listening>()
  const places = createPlaces(MAX_OPEN_EACH)

  return {
    /** Takes the reply over. To be called once everything that can be refused has been checked. */
    open(request: FastifyRequest, reply: FastifyReply): EventSource {
      if (open.size >= MAX_OPEN) throw new CodedError('RATE_LIMITED')
      const free = places.take(`${request.actor.kind} ${request.actor.id}`)
      if (!free) throw new CodedError('RATE_LIMITED')
      reply.hijack()
      const { raw } = reply
      const closed = new AbortController()
      const end = (): void => closed.abort()
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value)
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.write(': hello\n\n')

      const source: Listening = {
        signal: closed.signal,
        async send(data, id) {
          if (closed.signal.aborted) return
          const head = id === undefined ? '' : `id: ${id}\n`
          if (raw.write(`${head}data: ${JSON.stringify(data)}\n\n`)) return
          const stop = watchDrain(raw)
          await once(raw, 'drain', { signal: closed.signal }).catch(() => {
            // Closed meanwhile: there is nobody to wait for.
          })
          stop()
        },
        end,
        recheck: () => {
          if (!request.mayStill()) end()
        },
      }
      const heartbeat = setInterval(() => raw.write(': \n\n'), heartbeatMs)
      const recheck = setInterval(() => source.recheck(), recheckMs)
      closed.signal.addEventListener(
        'abort',
        () => {
          clearInterval(heartbeat)
          clearInterval(recheck)
          open.delete(source)
          free()
          raw.end()
        },
        { once: true },
      )
      raw.on('close', end)
      raw.on('error', end)
      open.add(source)
      // Who went before this has told nobody, and would keep the place.
      if (raw.destroyed) end()
      return source
    },

    /** Once somebody may do something else than before: whoever may not listen as they do is hung up on. */
    recheck(): void {
      for (const source of open) source.recheck()
    },

    /** Before the server closes: streams would keep it open. */
    closeAll(): void {
      for (const source of open) source.end()
    },
  }
}
export type EventSources = ReturnType<typeof createEventSources>

/** Where the client says it stopped; undefined for a first connection or nonsense. */
export function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && header !== '' && header.length <= 100 ? header : undefined
}
