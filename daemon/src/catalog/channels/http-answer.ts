import { CodedError } from '@vastrox/shared/errors.ts'
import type { ChannelOutcome } from '#ports/channel-kind.ts'
import type { HttpClient, HttpReply, HttpRequest } from '#ports/http-client.ts'

const TIMEOUT_MS = 15_000
const KEPT_BYTES = 4_096
/** What may be otherwise in a moment, although it is the caller who is told so. */
const PASSING = new Set([408, 425, 429])

interface Reading {
  /** In milliseconds, where the service says it in a way of its own. */
  retryAfter?: (reply: HttpReply) => number | undefined
  /** Its own words for people; the beginning of the body otherwise. */
  words?: (reply: HttpReply) => string | undefined
}

/** Sends it, and puts what came of it into words. */
export async function sendAndRead(
  http: HttpClient,
  request: Omit<HttpRequest, 'timeoutMs' | 'cutAtBytes' | 'method'>,
  signal: AbortSignal,
  { retryAfter, words }: Reading = {},
): Promise<ChannelOutcome> {
  signal.throwIfAborted()
  try {
    const reply = await http.send({
      ...request,
      method: 'POST',
      timeoutMs: TIMEOUT_MS,
      cutAtBytes: KEPT_BYTES,
    })
    // Whoever sends cuts it, once what is secret was taken out: half a secret would stay.
    const said = (words?.(reply) ?? reply.body).trim()
    const { status } = reply
    if (status >= 200 && status < 300)
      return { isTaken: true, answer: said === '' ? `Taken (${status}).` : `${status}: ${said}` }
    if (status >= 300 && status < 400)
      return {
        isTaken: false,
        isFinal: true,
        answer: `It answers with a redirect (${status}), which is not followed.`,
      }
    return {
      isTaken: false,
      isFinal: status < 500 && !PASSING.has(status),
      answer: said === '' ? `It answers ${status}.` : `It answers ${status}: ${said}`,
      retryAfterMs: retryAfter?.(reply) ?? retryAfterOf(reply),
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    const { reason } = error.details
    return {
      isTaken: false,
      // Whom it is sent to has to be changed, or allowed: asking again brings nothing.
      isFinal: error.code === 'ADDRESS_REFUSED',
      answer: typeof reason === 'string' ? reason : error.message,
    }
  }
}

const SECOND_MS = 1_000

/** In seconds, or as a date by the other side's own clock. */
function retryAfterOf({ headers }: HttpReply): number | undefined {
  const said = headers['retry-after'] ?? ''
  const seconds = Number(said)
  if (said !== '' && Number.isFinite(seconds)) return Math.max(0, seconds) * SECOND_MS
  const [until, theirNow] = [Date.parse(said), Date.parse(headers['date'] ?? '')]
  if (Number.isNaN(until) || Number.isNaN(theirNow)) return undefined
  return Math.max(0, until - theirNow)
}

/** The body where it is JSON; nothing where it is something else. */
export function jsonIn({ body }: HttpReply): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
