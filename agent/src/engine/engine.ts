import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import { EngineError } from '#agent/engine/engine-error.ts'
import { Agent, request } from '#agent/node/http.ts'

/** The newest version whose replies we know, and the one of engine 20.10. */
const NEWEST_API = '1.51'
const OLDEST_API = '1.41'
const DEFAULT_TIMEOUT_MS = 60_000
const MAX_REPLY_BYTES = 64 * 2 ** 20

/** A list is sent as one parameter an entry. */
type Query = Record<string, string | number | boolean | readonly string[] | undefined>

export interface EngineCall {
  query?: Query
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is, with `headers` saying what it is. */
  body?: Readable
  headers?: OutgoingHttpHeaders
  signal?: AbortSignal
  timeoutMs?: number
}

/**
 * The Docker Engine over its unix socket, spoken to by node:http (docs/decisions/0010). Rejects with
 * ENGINE_UNREACHABLE when it does not answer, with EngineError when it refuses, with DISK_FULL when it
 * says so. Holds no state but its connections and the negotiated version, so that it recovers by
 * itself when the engine comes back.
 */
export function createEngine(socketPath: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 0 })
  let version: Promise<string> | undefined

  const negotiate = async (): Promise<string> => {
    const reply = await send('GET', '/_ping', { timeoutMs: 5_000 })
    reply.resume()
    return chooseVersion(reply.headers['api-version'])
  }

  const apiVersion = (): Promise<string> => {
    version ??= negotiate().catch((error: unknown) => {
      version = undefined
      throw error
    })
    return version
  }

  /** Sends once more when a kept connection turned out to be dead before anything was answered. */
  async function send(method: string, path: string, call: EngineCall): Promise<IncomingMessage> {
    try {
      return await sendOnce(method, path, call)
    } catch (error) {
      if (!(error instanceof StaleConnection) || call.body) throw unreachable(error)
      return sendOnce(method, path, call).catch((again: unknown) => {
        throw unreachable(again)
      })
    }
  }

  function sendOnce(method: string, path: string, call: EngineCall): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const payload = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json))
    const outgoing = request({
      socketPath,
      agent,
      method,
      path: path + search(call.query),
      headers: { Host: 'docker', ...headersOf(payload), ...call.headers },
      ...(call.signal ? { signal: call.signal } : {}),
    })
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`the engine did not answer ${method} ${path} in time`)),
      call.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    )
    outgoing.on('response', (reply) => {
      clearTimeout(timer)
      resolve(reply)
    })
    outgoing.on('error', (error) => {
      clearTimeout(timer)
      reject(outgoing.reusedSocket ? new StaleConnection(error.message, { cause: error }) : error)
    })
    sendBody(outgoing, payload, call.body)
    return promise
  }

  function unreachable(error: unknown): unknown {
    if (error instanceof CodedError) return error
    if (error instanceof Error && error.name === 'AbortError') return error
    version = undefined
    const reason = error instanceof Error ? error.message : String(error)
    return new CodedError(
      'ENGINE_UNREACHABLE',
      { reason: `Docker does not answer: ${reason}` },
      {
        cause: error,
      },
    )
  }

  /** The reply as it streams, once the engine has agreed. The caller must read or destroy it. */
  async function stream(
    method: string,
    path: string,
    call: EngineCall = {},
  ): Promise<IncomingMessage> {
    const reply = await send(method, `/v${await apiVersion()}${path}`, call)
    const status = reply.statusCode ?? 500
    if (status < 400) return reply
    throw refusal(status, await readAll(reply))
  }

  return {
    apiVersion,
    stream,

    /** A call whose reply does not matter beyond success. */
    async act(method: string, path: string, call: EngineCall = {}): Promise<void> {
      const reply = await stream(method, path, call)
      await readAll(reply)
    },

    async get<Schema extends z.ZodType>(
      path: string,
      schema: Schema,
      call: EngineCall = {},
    ): Promise<z.output<Schema>> {
      return schema.parse(JSON.parse(await readAll(await stream('GET', path, call))))
    },

    async post<Schema extends z.ZodType>(
      path: string,
      schema: Schema,
      call: EngineCall = {},
    ): Promise<z.output<Schema>> {
      return schema.parse(JSON.parse(await readAll(await stream('POST', path, call))))
    },

    /** Turns a request into a raw two-way connection (attach, session). */
    async hijack(
      path: string,
      headers: OutgoingHttpHeaders,
      call: EngineCall = {},
    ): Promise<{ socket: Socket; head: Buffer }> {
      const { promise, resolve, reject } = Promise.withResolvers<{ socket: Socket; head: Buffer }>()
      const payload = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json))
      const outgoing = request({
        socketPath,
        method: 'POST',
        path: `/v${await apiVersion()}${path}${search(call.query)}`,
        headers: {
          Host: 'docker',
          Connection: 'Upgrade',
          'Content-Length': 0,
          ...headersOf(payload),
          ...headers,
        },
        ...(call.signal ? { signal: call.signal } : {}),
      })
      outgoing.on('upgrade', (_reply, socket, head) => resolve({ socket, head }))
      outgoing.on('response', (reply) => {
        readAll(reply).then((text) => reject(refusal(reply.statusCode ?? 500, text)), reject)
      })
      outgoing.on('error', (error) => reject(unreachable(error)))
      outgoing.end(payload)
      return promise
    },

    /** Ends idle connections; calls under way go on. */
    close: (): void => agent.destroy(),
  }
}
export type Engine = ReturnType<typeof createEngine>

class StaleConnection extends Error {}

/** The engine's newest version, or ours where the engine is ahead of us. */
export function chooseVersion(offered: string | string[] | undefined): string {
  const newest = typeof offered === 'string' && offered !== '' ? offered : OLDEST_API
  if (minorOf(newest) < minorOf(OLDEST_API))
    throw new Error(`Docker Engine 20.10 or later is needed (its API is ${newest})`)
  return minorOf(newest) < minorOf(NEWEST_API) ? newest : NEWEST_API
}

const minorOf = (version: string): number => Number(version.split('.')[1] ?? 0)

function search(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).flatMap(([key, value]) => {
    if (value === undefined) return []
    return typeof value === 'object' ? value.map((one) => [key, one]) : [[key, String(value)]]
  })
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

const headersOf = (payload: Buffer | undefined): OutgoingHttpHeaders =>
  payload ? { 'Content-Type': 'application/json', 'Content-Length': payload.length } : {}

function sendBody(
  outgoing: ClientRequest,
  payload: Buffer | undefined,
  body: Readable | undefined,
): void {
  if (!body) {
    outgoing.end(payload)
    return
  }
  pipeline(body, outgoing).catch((error: unknown) => {
    // The reply tells what the engine made of it; a source that broke must not look complete.
    outgoing.destroy(error instanceof Error ? error : new Error(String(error)))
  })
}

async function readAll(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of reply) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > MAX_REPLY_BYTES) throw new Error('the reply of the engine is too long')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString()
}

function refusal(status: number, text: string): Error {
  const message = messageOf(text)
  if (/no space left on device/i.test(message)) return new CodedError('DISK_FULL', {})
  return new EngineError(status, message)
}

function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed && typeof parsed === 'object' && 'message' in parsed) return String(parsed.message)
  } catch {
    // Not JSON: the text itself is the message.
  }
  return text.trim()
}
