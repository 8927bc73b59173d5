import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type {
  NewPasskey,
  Passkey,
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyRequest,
} from '@vastrox/shared/sign-in.ts'
import { z } from 'zod'
import type { TicketPurpose, Tickets } from '#core/access/tickets.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { PasskeySite, PasskeyVerifier } from '#ports/passkey-verifier.ts'
import type { Transact } from '#store/database.ts'
import type { PasskeyRecord, PasskeyStore } from '#store/passkey-store.ts'
import type { SessionStore } from '#store/session-store.ts'

interface Deps {
  passkeyStore: PasskeyStore
  passkeyVerifier: PasskeyVerifier
  /** Undefined while the dashboard has no host name that browsers trust. */
  passkeySite: () => PasskeySite | undefined
  sessionStore: Pick<SessionStore, 'removeOthersForPlatform' | 'findByIdForPlatform'>
  tickets: Tickets
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_PASSKEYS = 20
const CHALLENGE_MS = 300_000
/** Whose it must be; null where anybody may come. */
const Asked = z.object({ userId: z.string().nullable() })
const ClientData = z.object({ challenge: z.string(), crossOrigin: z.boolean().optional() })

/**
 * Passkeys (WebAuthn): on the host of the dashboard alone, with the user verified by their device, so
 * that one is both factors at once. A challenge is a ticket: good once, for its purpose, for minutes.
 */
export function createPasskeys(deps: Deps) {
  const { passkeyStore, passkeyVerifier, passkeySite, sessionStore, tickets } = deps
  const { auditLog, clock, newId, transact } = deps

  function siteOrRefuse(): PasskeySite {
    const site = passkeySite()
    if (!site) throw new CodedError('PASSKEYS_UNAVAILABLE')
    return site
  }

  const challenge = (purpose: TicketPurpose, userId: string | null): string =>
    Buffer.from(tickets.issue(purpose, { userId }, CHALLENGE_MS)).toString('base64url')

  /** What it answers to, where that is a challenge of ours for this purpose. */
  function readChallenge(purpose: TicketPurpose, clientDataJson: string) {
    const data = parseJson(ClientData, Buffer.from(clientDataJson, 'base64url').toString())
    if (!data || data.crossOrigin === true) return undefined
    const ticket = Buffer.from(data.challenge, 'base64url').toString()
    const asked = tickets.read(purpose, Asked, ticket)
    return asked && { ticket, challenge: data.challenge, userId: asked.userId }
  }

  /** Those of the user that work here. */
  const usableOf = (userId: string): PasskeyRecord[] => {
    const site = passkeySite()
    return passkeyStore.listForPlatform(userId).filter(({ rpId }) => rpId === site?.rpId)
  }

  return {
    isAvailable: (): boolean => passkeySite() !== undefined,
    has: (userId: string): boolean => passkeyStore.countForPlatform(userId) > 0,
    hasUsable: (userId: string): boolean => usableOf(userId).length > 0,

    list: (userId: string): Passkey[] => passkeyStore.listForPlatform(userId).map(toPasskey),

    /** For `navigator.credentials.get`; without a user whoever has a passkey may answer. */
    request(purpose: 'passkey-sign-in' | 'passkey-proof', userId: string | null): PasskeyRequest {
      const { rpId } = siteOrRefuse()
      return {
        challenge: challenge(purpose, userId),
        rpId,
        timeout: CHALLENGE_MS,
        userVerification: 'required',
        allowCredentials: (userId === null ? [] : usableOf(userId)).map((passkey) => ({
          type: 'public-key',
          id: passkey.credentialId,
          transports: passkey.transports,
        })),
      }
    },

    /** Whose passkey has answered, once for each challenge; undefined where none has. */
    async answeredBy(
      purpose: 'passkey-sign-in' | 'passkey-proof',
      answer: PasskeyAnswer,
    ): Promise<string | undefined> {
      const site = siteOrRefuse()
      const asked = readChallenge(purpose, answer.response.clientDataJSON)
      const passkey = passkeyStore.findForPlatform(answer.id)
      if (!asked || !passkey || passkey.rpId !== site.rpId) return undefined
      if (asked.userId !== null && asked.userId !== passkey.userId) return undefined
      const { userHandle } = answer.response
      if (typeof userHandle === 'string' && userHandle !== handleOf(passkey.userId))
        return undefined

      const { credentialId, publicKey } = passkey
      const counter = await passkeyVerifier.verify(answer, {
        site,
        challenge: asked.challenge,
        credentialId,
        publicKey,
      })
      // Looked at once more: another request may have used it up meanwhile.
      if (counter === undefined || !tickets.read(purpose, Asked, asked.ticket)) return undefined
      tickets.spend(asked.ticket)
      return passkeyStore.useForPlatform(passkey.id, counter, clock.now().toISOString())
        ? passkey.userId
        : undefined
    },

    /** For `navigator.credentials.create`. */
    creation(actor: Actor): PasskeyCreation {
      const { rpId } = siteOrRefuse()
      return {
        challenge: challenge('new-passkey', actor.id),
        rp: { id: rpId, name: 'Vastrox' },
        user: { id: handleOf(actor.id), name: actor.name, displayName: actor.name },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        timeout: CHALLENGE_MS,
        attestation: 'none',
        excludeCredentials: usableOf(actor.id).map((passkey) => ({
          type: 'public-key',
          id: passkey.credentialId,
          transports: passkey.transports,
        })),
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'required',
        },
      }
    },

    /** Every other session ends. Throws PASSKEY_REFUSED, PASSKEYS_FULL. */
    async add(actor: Actor, sessionId: string, { name, answer }: NewPasskey): Promise<Passkey> {
      const site = siteOrRefuse()
      const asked = readChallenge('new-passkey', answer.response.clientDataJSON)
      if (!asked || asked.userId !== actor.id) throw new CodedError('PASSKEY_REFUSED')
      const made = await passkeyVerifier.register(answer, site, asked.challenge)
      return transact(() => {
        if (!made || !tickets.read('new-passkey', Asked, asked.ticket))
          throw new CodedError('PASSKEY_REFUSED')
        // Whoever was signed out while it was looked at adds none any more.
        if (!sessionStore.findByIdForPlatform(sessionId)) throw new CodedError('NOT_SIGNED_IN')
        tickets.spend(asked.ticket)
        if (passkeyStore.findForPlatform(made.credentialId))
          throw new CodedError('PASSKEY_REFUSED', { reason: 'That passkey is there already.' })
        if (passkeyStore.countForPlatform(actor.id) >= MAX_PASSKEYS)
          throw new CodedError('PASSKEYS_FULL')
        const record: PasskeyRecord = {
          ...made,
          id: newId(),
          userId: actor.id,
          rpId: site.rpId,
          name,
          createdAt: clock.now().toISOString(),
          lastUsedAt: null,
        }
        passkeyStore.insertForPlatform(record)
        sessionStore.removeOthersForPlatform(actor.id, sessionId)
        auditLog.append({ actor, action: 'passkey.add', target: record.id, details: { name } })
        return toPasskey(record)
      })
    },

    /** Throws PASSKEY_NOT_FOUND. */
    rename(actor: Actor, id: string, name: string): void {
      transact(() => {
        if (!passkeyStore.renameForPlatform(actor.id, id, name))
          throw new CodedError('PASSKEY_NOT_FOUND')
        auditLog.append({ actor, action: 'passkey.rename', target: id, details: { name } })
      })
    },

    /** Every other session ends. Throws PASSKEY_NOT_FOUND. */
    remove(actor: Actor, sessionId: string, id: string): void {
      transact(() => {
        if (!passkeyStore.removeForPlatform(actor.id, id)) throw new CodedError('PASSKEY_NOT_FOUND')
        sessionStore.removeOthersForPlatform(actor.id, sessionId)
        auditLog.append({ actor, action: 'passkey.remove', target: id })
      })
    },

    removeAllForPlatform: (userId: string): void => passkeyStore.removeOfUserForPlatform(userId),
  }
}
export type Passkeys = ReturnType<typeof createPasskeys>

/** What the authenticator keeps beside the key: who it signs in, and nothing about them. */
const handleOf = (userId: string): string => Buffer.from(userId).toString('base64url')

const toPasskey = (record: PasskeyRecord): Passkey => ({
  id: record.id,
  name: record.name,
  host: record.rpId,
  isSynced: record.isSynced,
  createdAt: record.createdAt,
  lastUsedAt: record.lastUsedAt,
})

function parseJson<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    // Somebody has made it up.
    return undefined
  }
}
