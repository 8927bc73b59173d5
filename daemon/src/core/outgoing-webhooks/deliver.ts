import { sayError } from '@vastrox/shared/errors.ts'
import type { DeliveryAttempt } from '@vastrox/shared/outgoing-webhook.ts'
import type { Clock } from '#ports/clock.ts'
import type { HttpClient, HttpReply } from '#ports/http-client.ts'
import { signatureOf } from '#core/outgoing-webhooks/sign.ts'

interface Deps {
  /** To addresses that users name: the guard looks at each before it is connected to (rule C11). */
  http: HttpClient
  clock: Clock
  version: string
}

interface Wish {
  url: string
  eventId: string
  body: string
  /** Newest first. */
  secrets: readonly string[]
}

/** What came of one try. */
export interface Tried {
  attempt: DeliveryAttempt
  isTaken: boolean
  /** It wants to be told nothing more (410). */
  isGone: boolean
  retryAfterMs: number | undefined
}

const TIMEOUT_MS = 10_000
const KEPT_BYTES = 1_024
const GONE = 410
const SECOND_MS = 1_000

/** Sends an event once, signed by Standard Webhooks. Never throws: what went wrong is in the answer. */
export function createDeliver({ http, clock, version }: Deps) {
  return async function deliver({ url, eventId, body, secrets }: Wish): Promise<Tried> {
    const now = clock.now()
    const begunMs = clock.elapsedMs()
    const atSeconds = Math.floor(now.getTime() / SECOND_MS)
    const headers = {
      ...deliveryHeaders(eventId, version),
      'webhook-timestamp': String(atSeconds),
      'webhook-signature': signatureOf(secrets, { id: eventId, atSeconds, body }),
    }
    const told = (
      status: number | null,
      reason: string | null,
      answer: string,
    ): DeliveryAttempt => ({
      at: now.toISOString(),
      status,
      durationMs: clock.elapsedMs() - begunMs,
      reason,
      answer,
    })
    try {
      const reply = await http.send({
        method: 'POST',
        url,
        headers,
        body,
        timeoutMs: TIMEOUT_MS,
        cutAtBytes: KEPT_BYTES,
      })
      const reason = reasonOf(reply)
      return {
        attempt: told(reply.status, reason, textOf(reply.body)),
        isTaken: reason === null,
        isGone: reply.status === GONE,
        retryAfterMs: retryAfterOf(reply),
      }
    } catch (error) {
      return {
        attempt: told(null, sayError(error), ''),
        isTaken: false,
        isGone: false,
        retryAfterMs: undefined,
      }
    }
  }
}
export type Deliver = ReturnType<typeof createDeliver>

/** What is the same for every try. */
export const deliveryHeaders = (eventId: string, version: string): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'user-agent': `Vastrox/${version}`,
  'webhook-id': eventId,
})

function reasonOf({ status }: HttpReply): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400)
    return `It answers with a redirect (${status}), which is not followed.`
  if (status === GONE) return 'It answers that it is gone for good (410).'
  return `It answers ${status}.`
}

function retryAfterOf({ headers }: HttpReply): number | undefined {
  const seconds = Number(headers['retry-after'] ?? '')
  return Number.isFinite(seconds) && seconds > 0 ? seconds * SECOND_MS : undefined
}

/** Cut by bytes, the last letter may be half of one. */
const textOf = (body: string): string => body.slice(0, KEPT_BYTES).replace(/\uFFFD$/, '')
