import { createHmac } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { IdempotencyStore } from '#store/idempotency-store.ts'

interface Deps {
  store: IdempotencyStore
  /** Replies are kept sealed: that of a new token holds its secret. */
  secretBox: SecretBox
  clock: Clock
  /** Of its own purpose: a request may hold a password, which a plain hash would let guess. */
  key: Buffer
}

export interface KeptReply {
  status: number
  body: string
}

const KEPT_MS = 86_400_000
const PRUNE_EVERY_MS = 3_600_000
const MAX_REPLY_LENGTH = 512 * 1_024

/** A write that is sent again with its Idempotency-Key within a day gets the first reply again. */
export function createIdempotencyService({ store, secretBox, clock, key }: Deps) {
  const underWay = new Set<string>()
  let prunedAt = Number.NEGATIVE_INFINITY
  /** A user does the same in each of their teams; a token is of one. */
  const inTeam = ({ kind, teamId }: Actor, name: string): string =>
    kind === 'user' ? `${teamId} ${name}` : name
  const nameOf = (actor: Actor, name: string): string => `${actor.id} ${name}`
  const contextOf = (actor: Actor, name: string): string =>
    `idempotency_keys|${nameOf(actor, name)}`

  function prune(now: number): void {
    if (now - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = now
    store.removeBeforeForPlatform(new Date(now - KEPT_MS).toISOString())
  }

  return {
    /**
     * The reply to give again, or undefined: the request is to be carried out. Throws
     * IDEMPOTENCY_KEY_REUSED for another request, IDEMPOTENCY_KEY_BUSY while the first is under way.
     */
    begin(actor: Actor, given: string, request: readonly unknown[]): KeptReply | undefined {
      const name = inTeam(actor, given)
      const now = clock.now()
      prune(now.getTime())
      const requestHash = createHmac('sha256', key).update(JSON.stringify(request)).digest('hex')
      const known = store.find(actor, name)
      if (known && known.requestHash !== requestHash) throw new CodedError('IDEMPOTENCY_KEY_REUSED')
      if (known?.replySealed && known.status !== null)
        return {
          status: known.status,
          body: secretBox.open(known.replySealed, contextOf(actor, name)),
        }

      if (underWay.has(nameOf(actor, name))) throw new CodedError('IDEMPOTENCY_KEY_BUSY')
      underWay.add(nameOf(actor, name))
      // A row without a reply that is not under way was cut off by a restart: it is carried out again.
      if (!known) store.claim(actor, name, requestHash, now.toISOString())
      return undefined
    },

    /** Keeps the reply. One of 500 and above is not kept, so that trying again tries again. */
    finish(actor: Actor, given: string, { status, body }: KeptReply): void {
      const name = inTeam(actor, given)
      underWay.delete(nameOf(actor, name))
      if (status >= 500 || body.length > MAX_REPLY_LENGTH) store.remove(actor, name)
      else store.finish(actor, name, status, secretBox.seal(body, contextOf(actor, name)))
    },
  }
}
export type IdempotencyService = ReturnType<typeof createIdempotencyService>
