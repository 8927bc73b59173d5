import type { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'

export type BoundVerb = (raw: unknown) => Promise<unknown>

/** A JSON verb with its border checks: what comes in and what goes out are both parsed (rule C9). */
export const verb =
  <Input extends z.ZodType, Output extends z.ZodType>(
    schema: { input: Input; output: Output },
    handle: (input: z.output<Input>) => Promise<z.input<Output>>,
  ): BoundVerb =>
  async (raw) =>
    schema.output.parse(await handle(parseInput(schema.input, raw)))

/** What a stream verb is given to answer with. */
export interface StreamCall<Event> {
  /** Resolves when the reader has room for more. Several at once cost one write. */
  emit: (...events: Event[]) => Promise<void>
  /** Aborted when the caller has gone. */
  signal: AbortSignal
  /** What follows the JSON in a framed body; empty for the others. */
  body: Readable
}

export type BoundStream = (
  raw: unknown,
  call: {
    write: (events: readonly unknown[]) => Promise<void>
    signal: AbortSignal
    body: Readable
  },
) => Promise<void>

/** A stream verb with its border checks. Each event is parsed before it is sent. */
export const stream =
  <Input extends z.ZodType, Event extends z.ZodType>(
    schema: { input: Input; event: Event },
    handle: (input: z.output<Input>, call: StreamCall<z.input<Event>>) => Promise<void>,
  ): BoundStream =>
  async (raw, { write, signal, body }) =>
    handle(parseInput(schema.input, raw), {
      emit: (...events) => write(events.map((event) => schema.event.parse(event))),
      signal,
      body,
    })

function parseInput<Input extends z.ZodType>(schema: Input, raw: unknown): z.output<Input> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CodedError('REQUEST_INVALID', {
    reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
  })
}
