import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { frameOf } from '@vastrox/shared/node/frame.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import type { z } from 'zod'
import { type AgentHttp, codedError, type Posted } from '#adapters/agent/agent-http.ts'

const MAX_LINE_BYTES = 2 ** 20

interface Ended {
  type: 'done'
}
interface Failure {
  type: 'failed'
  code: string
  reason: string
  details: Record<string, unknown>
}

export function postJson(
  http: AgentHttp,
  verb: string,
  input: unknown,
  signal: AbortSignal,
): Posted {
  const body = Buffer.from(JSON.stringify(input))
  const posted = http.post(verb, body.length, signal)
  posted.body.end(body)
  return posted
}

/** 4 bytes big-endian length, the JSON, what follows it. A reply that comes before its end tells more than a broken pipe. */
export async function sendFramed({ body }: Posted, spec: unknown, source: Readable): Promise<void> {
  body.write(frameOf(spec))
  await pipeline(source, body).catch((error: unknown) => {
    body.destroy(error instanceof Error ? error : undefined)
  })
}

/** Events until `done`, which is the result. Throws what `failed` says, and AGENT_UNREACHABLE for an end without either. */
export async function last<Event extends { type: string }>(
  http: AgentHttp,
  verb: string,
  schema: z.ZodType<Event | Failure>,
  posted: Posted,
  signal: AbortSignal,
  onEvent: (event: Event | Failure) => void,
): Promise<Extract<Event, Ended>> {
  for await (const event of eventsOf(http, verb, schema, posted)) {
    if (isDone(event)) return event
    onEvent(event)
  }
  signal.throwIfAborted()
  throw new CodedError('AGENT_UNREACHABLE', { verb })
}

/** Parsed events; ends after `done`, throws at `failed`. */
export async function* eventsOf<Event extends { type: string }>(
  http: AgentHttp,
  verb: string,
  schema: z.ZodType<Event>,
  posted: Posted,
  maxLineBytes = MAX_LINE_BYTES,
): AsyncGenerator<Exclude<Event, Failure>> {
  const reply = await http.accepted(verb, posted)
  try {
    for await (const raw of readNdjson(reply, maxLineBytes)) {
      const event = schema.parse(raw)
      if (isFailure(event)) throw codedError(event.code, { ...event.details, reason: event.reason })
      if (isEvent(event)) yield event
      if (event.type === 'done') return
    }
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw new CodedError('AGENT_UNREACHABLE', { verb }, { cause: error })
  } finally {
    reply.destroy()
    posted.body.destroy()
  }
}

const isFailure = (event: { type: string }): event is Failure => event.type === 'failed'
const isEvent = <Event extends { type: string }>(event: Event): event is Exclude<Event, Failure> =>
  event.type !== 'failed'
const isDone = <Event extends { type: string }>(event: Event): event is Extract<Event, Ended> =>
  event.type === 'done'
