import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CodedError } from '@vastrox/shared/errors.ts'
import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import type { HttpClient, HttpReply } from '#ports/http-client.ts'
import type { DrainLine, DrainTarget, LogDrainEnd } from '#ports/log-drain-end.ts'
import { levelOfLine } from './syslog-message.ts'

const TIMEOUT_MS = 30_000
/** Read of an answer, so that a secret in it is seen whole; shown of it. */
const KEPT_BYTES = 4_096
const SHOWN = 300
const TOO_LARGE = 413
/** A line of fewer bytes is too long for nobody: who says so refuses something else. */
const LEAST_TOO_LONG = 1_024
/** A part of a path that is so long may be a key. */
const LEAST_KEY = 16
const FASTEST = 1
const SECOND_MS = 1_000
const zip = promisify(gzip)

/** Batches of JSON, packed by gzip. Throws DRAIN_UNREACHABLE with how long the other side asks to wait. */
export function openHttpEnd(http: HttpClient, drain: DrainTarget): LogDrainEnd {
  const { target, format, secret, caPem } = drain
  /** Gives how many are too long for the other side, and were left out. */
  async function send(lines: readonly DrainLine[], signal: AbortSignal): Promise<number> {
    signal.throwIfAborted()
    const text = bodyOf(lines, format)
    const bytes = await zip(text, { level: FASTEST })
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
    if (reply.status >= 200 && reply.status < 300) return 0
    if (reply.status === TOO_LARGE && lines.length > 1) {
      const half = Math.ceil(lines.length / 2)
      const leftOut = await send(lines.slice(0, half), signal)
      return leftOut + (await send(lines.slice(half), signal))
    }
    if (reply.status === TOO_LARGE && text.length >= LEAST_TOO_LONG) return 1
    throw refused(drain, reply)
  }

  return {
    async send(lines, signal) {
      try {
        return await send(lines, signal)
      } catch (error) {
        if (error instanceof CodedError && error.code !== 'DRAIN_UNREACHABLE')
          throw new CodedError('DRAIN_UNREACHABLE', { ...error.details }, { cause: error })
        throw error
      }
    },
    close(): void {},
  }
}

function refused(drain: DrainTarget, { status, headers, body }: HttpReply): CodedError {
  const { target } = drain
  const seconds = Number(headers['retry-after'] ?? '')
  const said = withoutSecrets(drain, body).replace(/\s+/g, ' ').trim().slice(0, SHOWN)
  return new CodedError('DRAIN_UNREACHABLE', {
    reason: `${new URL(target).host} answers ${status}${said === '' ? '' : `: ${said}`}`,
    ...(seconds > 0 ? { retryAfterMs: seconds * SECOND_MS } : {}),
  })
}

/** The path may be one too. Of an answer that was cut, its end may be the beginning of one. */
function withoutSecrets({ target, secret }: DrainTarget, body: string): string {
  const { pathname, search, searchParams } = new URL(target)
  const keys = pathname.split('/').filter((part) => part.length >= LEAST_KEY)
  const words = [secret ?? '', target, `${pathname}${search}`, ...searchParams.values(), ...keys]
  const hidden = createRedactor(words.filter((word) => word !== ''))
  const shown = hidden.push(body)
  return Buffer.byteLength(body) < KEPT_BYTES ? `${shown}${hidden.end()}` : shown
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
