import { request } from 'node:http'
import { type PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { FENCING_HEADER } from '@vastrox/shared/agent-api.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'

export interface Reply {
  status: number
  body: Record<string, unknown>
}

/** What a daemon would send, by hand: the contract suite trusts no client code of the product. */
export function createAgentClient(socketPath: string, token = 1) {
  const send = (verb: string, body: Readable, signal?: AbortSignal) => {
    const { promise, resolve, reject } =
      Promise.withResolvers<import('node:http').IncomingMessage>()
    const outgoing = request({
      socketPath,
      method: 'POST',
      path: `/v1/${verb}`,
      headers: { [FENCING_HEADER]: String(token) },
      ...(signal ? { signal } : {}),
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    body.pipe(outgoing)
    return promise
  }

  async function* events(verb: string, body: Readable, signal?: AbortSignal) {
    const reply = await send(verb, body, signal)
    if (reply.statusCode !== 200) {
      yield { type: 'refused', status: reply.statusCode, ...JSON.parse(await text(reply)) }
      return
    }
    yield* readNdjson(reply)
  }

  return {
    async call(verb: string, input: unknown = {}): Promise<Reply> {
      const reply = await send(verb, Readable.from([JSON.stringify(input)]))
      return { status: reply.statusCode ?? 0, body: JSON.parse(await text(reply)) }
    },

    stream: (verb: string, input: unknown = {}, signal?: AbortSignal) =>
      events(verb, Readable.from([JSON.stringify(input)]), signal),

    /** A command that is worked with: its frames go to `input`. */
    session: (verb: string, spec: unknown, input: PassThrough, signal?: AbortSignal) => {
      const json = Buffer.from(JSON.stringify(spec))
      const head = Buffer.alloc(4)
      head.writeUInt32BE(json.length)
      input.write(Buffer.concat([head, json]))
      return events(verb, input, signal)
    },

    /** What follows the JSON is in `body` with it. */
    framed: (verb: string, body: Readable, signal?: AbortSignal) => events(verb, body, signal),

    /** The framed body of build-image. */
    build: (spec: unknown, tar: Buffer, signal?: AbortSignal) => {
      const json = Buffer.from(JSON.stringify(spec))
      const head = Buffer.alloc(4)
      head.writeUInt32BE(json.length)
      return events('build-image', Readable.from([head, json, tar]), signal)
    },
  }
}
export type AgentClient = ReturnType<typeof createAgentClient>
