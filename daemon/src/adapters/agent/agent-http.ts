import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { FENCING_HEADER } from '@vastrox/shared/agent-api.ts'
import { CodedError, ERRORS, type ErrorCode } from '@vastrox/shared/errors.ts'
import { ErrorReply } from '@vastrox/shared/page.ts'

interface Options {
  socketPath: string
  /** Rule K4: a daemon that has lost its lock cannot act. */
  fencingToken: number
}

export interface Posted {
  response: Promise<IncomingMessage>
  /** Where the body goes that follows the head. */
  body: ReturnType<typeof httpRequest>
}

/** After a restart of the agent it is there again within this time; verbs are idempotent by name (K2). */
const RETRY_DELAYS_MS = [0, 50, 100, 200, 400, 800, 1_500, 2_000]

/** `POST /v1/<verb>` over the agent's unix socket, see shared/src/agent-api.ts. */
export function createAgentHttp({ socketPath, fencingToken }: Options) {
  const keptAlive = new Agent({ keepAlive: true, maxFreeSockets: 8, timeout: 30_000 })

  /** `length` undefined: the body is streamed. */
  function post(
    verb: string,
    length: number | undefined,
    signal: AbortSignal,
    agent?: Agent,
  ): Posted {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const request = httpRequest({
      socketPath,
      path: `/v1/${verb}`,
      method: 'POST',
      signal,
      agent: agent ?? false,
      headers: {
        host: 'agent',
        'content-type': length === undefined ? 'application/octet-stream' : 'application/json',
        [FENCING_HEADER]: String(fencingToken),
        ...(length === undefined ? {} : { 'content-length': length }),
      },
    })
    request.on('response', resolve)
    request.on('error', reject)
    return { response: promise, body: request }
  }

  return {
    post,

    /** JSON in, JSON out. Dials again while the agent is away for a moment. */
    async call(verb: string, input: unknown, timeoutMs: number): Promise<unknown> {
      const body = Buffer.from(JSON.stringify(input))
      const signal = AbortSignal.timeout(timeoutMs)
      let failure: unknown
      for (const delay of RETRY_DELAYS_MS) {
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
        try {
          const posted = post(verb, body.length, signal, keptAlive)
          posted.body.end(body)
          const response = await posted.response
          const reply = await text(response)
          if (response.statusCode !== 200) throw failureOf(reply)
          return JSON.parse(reply)
        } catch (error) {
          if (error instanceof CodedError) throw error
          failure = error
          if (signal.aborted || !isAway(error)) break
        }
      }
      throw new CodedError('AGENT_UNREACHABLE', { verb }, { cause: failure })
    },

    /** The reply of a stream verb; one that is refused before it has begun throws its reason. */
    async accepted(verb: string, { response }: Posted): Promise<IncomingMessage> {
      const reply = await response.catch((cause: unknown) => {
        throw new CodedError('AGENT_UNREACHABLE', { verb }, { cause })
      })
      if (reply.statusCode !== 200) throw failureOf(await text(reply))
      return reply
    },

    close: (): void => keptAlive.destroy(),
  }
}
export type AgentHttp = ReturnType<typeof createAgentHttp>

/** What the agent said went wrong; a code that we do not know is a newer agent's. */
export function codedError(code: string, details: Record<string, unknown>): CodedError {
  return new CodedError(isErrorCode(code) ? code : 'INTERNAL', details)
}

function failureOf(reply: string): CodedError {
  try {
    const { error } = ErrorReply.parse(JSON.parse(reply))
    return codedError(error.code, { reason: error.message, ...error.details })
  } catch (cause) {
    return new CodedError('AGENT_UNREACHABLE', {}, { cause })
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** Nobody listens, or the connection broke before the reply: the same call may be made again. */
function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return (
    typeof code === 'string' && ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)
  )
}
