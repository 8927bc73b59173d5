import { once } from 'node:events'
import type { SessionEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { encodeSessionInput, type SessionInput } from '@vastrox/shared/node/session-frames.ts'
import type { Posted } from '#adapters/agent/agent-http.ts'
import type { Session, SessionExit, SessionOutput } from '#ports/session.ts'

type Event = Exclude<SessionEvent, { type: 'failed' }>

/** From the reply's events and the open request body to a session; resolves once the command runs. */
export async function openSession(
  { body }: Posted,
  events: AsyncGenerator<Event>,
  signal: AbortSignal,
): Promise<Session> {
  const first = await events.next()
  if (first.done === true || first.value.type !== 'started')
    throw new CodedError('AGENT_UNREACHABLE')
  const exit = Promise.withResolvers<SessionExit>()
  // Whoever reads the output looks at it only then.
  exit.promise.catch(() => undefined)
  signal.addEventListener('abort', () => exit.reject(new CodedError('RUN_INTERRUPTED')), {
    once: true,
  })
  // Hanging up is how a session is ended: it is nobody's trouble.
  body.on('error', () => undefined)

  const send = (input: SessionInput): boolean =>
    !body.writable || body.write(encodeSessionInput(input))

  async function* output(): AsyncGenerator<SessionOutput, void, undefined> {
    try {
      for await (const event of events) {
        if (event.type === 'output')
          yield { stream: event.stream, bytes: Buffer.from(event.base64, 'base64') }
        if (event.type === 'done')
          exit.resolve({ exitCode: event.exitCode, oomKilled: event.oomKilled })
      }
      exit.reject(new CodedError('AGENT_UNREACHABLE'))
    } catch (error) {
      exit.reject(error)
    } finally {
      // Not read to its end: whoever waits for the exit learns that there is none.
      exit.reject(new CodedError('RUN_INTERRUPTED'))
    }
  }

  return {
    async write(bytes) {
      if (bytes.length === 0 || send({ type: 'input', bytes })) return
      await once(body, 'drain', { signal }).catch(() => undefined)
    },
    end: () => void send({ type: 'end' }),
    resize: (size) => void send({ type: 'window', ...size }),
    signal: (name) => void send({ type: 'signal', signal: name }),
    output: output(),
    exit: exit.promise,
  }
}
