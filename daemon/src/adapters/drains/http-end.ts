import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { HttpClient, HttpReply } from '#ports/http-client.ts'
import type { DrainLine, DrainTarget, LogDrainEnd } from '#ports/log-drain-end.ts'
import { levelOfLine } from './syslog-message.ts'

const TIMEOUT_MS = 30_000
const KEPT_BYTES = 300
const TOO_LARGE = 413
const FASTEST = 1
const SECOND_MS = 1_000
const zip = promisify(gzip)

/** Batches of JSON, packed by gzip. Throws DRAIN_UNREACHABLE with how long the other side asks to wait. */
export function openHttpEnd(
  http: HttpClient,
  { target, format, secret, caPem }: DrainTarget,
): LogDrainEnd {
  async function send(lines: readonly DrainLine[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const bytes = await zip(bodyOf(lines, format), { level: FASTEST })
    const reply = await http.send({
      method: 'POST',
      url: target,
      headers: {
        'content-type': format === 'array' ? 'application/json' : 'application/x-ndjson',
        'content-encoding': 'gzip',
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      },
      bytes,
      timeoutMs: TIMEOUT_MS,
      cutAtBytes: KEPT_BYTES,
      ...(caPem === null ? {} : { caPem }),
    })
    if (reply.status >= 200 && reply.status < 300) return
    if (reply.status === TOO_LARGE && lines.length > 1) {
      const half = Math.ceil(lines.length / 2)
      await send(lines.slice(0, half), signal)
      await send(lines.slice(half), signal)
      return
    }
    throw refused(target, reply)
  }

  return {
    async send(lines, signal) {
      try {
        await send(lines, signal)
      } catch (error) {
        if (error instanceof CodedError && error.code !== 'DRAIN_UNREACHABLE')
          throw new CodedError('DRAIN_UNREACHABLE', { ...error.details }, { cause: error })
        throw error
      }
    },
    close(): void {},
  }
}

function refused(target: string, { status, headers, body }: HttpReply): CodedError {
  const seconds = Number(headers['retry-after'] ?? '')
  const said = body.replace(/\s+/g, ' ').trim()
  return new CodedError('DRAIN_UNREACHABLE', {
    reason: `${new URL(target).host} answers ${status}${said === '' ? '' : `: ${said}`}`,
    ...(seconds > 0 ? { retryAfterMs: seconds * SECOND_MS } : {}),
  })
}

/** By the names that most who take logs look for. */
const objectOf = ({ app, line }: DrainLine): object => ({
  timestamp: line.at,
  message: line.text,
  level: levelOfLine(line),
  app,
  process: line.source.split('.')[0],
  instance: line.source,
  release: line.release,
  stream: line.stream,
})

const bodyOf = (lines: readonly DrainLine[], format: DrainTarget['format']): string =>
  format === 'array'
    ? JSON.stringify(lines.map(objectOf))
    : lines.map((line) => `${JSON.stringify(objectOf(line))}\n`).join('')
