import { randomBytes } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { PasskeyAnswer, PasskeyRequest, SecondStep } from '@vastrox/shared/sign-in.ts'
import { z } from 'zod'
import type { Actors } from '#core/access/actors.ts'
import type { FailedSignIns } from '#core/access/failed-sign-ins.ts'
import type { Passkeys } from '#core/access/passkeys.ts'
import type { Proofs } from '#core/access/proofs.ts'
import { mustBeStrong } from '#core/access/password-rules.ts'
import type { Client, SessionService, StartedSession } from '#core/access/session-service.ts'
import type { SignInThrottle } from '#core/access/sign-in-throttle.ts'
import type { Tickets } from '#core/access/tickets.ts'
import { hashOfSecret } from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import type { Transact } from '#store/database.ts'
import { SignInMethod, type SessionStore } from '#store/session-store.ts'
import type { SignInLinkStore } from '#store/sign-in-link-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  users: UserStore
  actors: Actors
  sessionStore: SessionStore
  links: SignInLinkStore
  sessions: SessionService
  throttle: SignInThrottle
  proofs: Proofs
  passkeys: Passkeys
  tickets: Tickets
  failed: FailedSignIns
  hasher: PasswordHasher
  auditLog: AuditLog
  clock: Clock
  transact: Transact
  /** `https://<host>:<port>` as configured, never as a request says (rule C12). */
  dashboardUrl: () => string
  /** Who a failure of somebody unknown is written down for. */
  nobodyAt: (address: string) => Actor
}

export interface SignInLink {
  /** 256 random bits; only its hash is kept. */
  token: string
  url: string
  expiresAt: Date
}

const LINK_MS = 3_600_000
const LINK_BYTES = 32
const SECOND_STEP_MS = 600_000
const Begun = z.object({ userId: z.string(), method: SignInMethod })

/** The ways in for people: a one-time link, and a password once one is set; then what else they have set up. */
export function createSignInService(deps: Deps) {
  const { users, actors, sessionStore, links, sessions, throttle, proofs, passkeys } = deps
  const { tickets, failed } = deps
  const { hasher, auditLog, clock, transact, dashboardUrl } = deps

  const begin = (
    user: UserRecord,
    method: SignInMethod,
    client: Client,
    details: Record<string, unknown> = {},
  ): StartedSession =>
    transact(() => {
      const started = sessions.start(user, method, client)
      auditLog.append({
        actor: actors.named(user, client.address),
        action: 'session.sign-in',
        target: started.sessionId,
        details: { method, ...details },
      })
      return started
    })

  /** Throws SECOND_STEP_NEEDED where the user has a second factor: with a ticket for it, and nothing else yet. */
  function go(user: UserRecord, method: SignInMethod, client: Client): StartedSession {
    if (!proofs.hasSecond(user.id)) return begin(user, method, client)
    throw new CodedError('SECOND_STEP_NEEDED', {
      ticket: tickets.issue('second-step', { userId: user.id, method }, SECOND_STEP_MS),
      ways: proofs.secondWaysOf(user.id),
    })
  }

  /** Throws unless the password is the user's; counts against the throttle of the name and the network. */
  async function check(
    user: UserRecord | undefined,
    name: string,
    password: string,
    { address }: Client,
    isSignedIn = false,
  ): Promise<boolean> {
    throttle.begin(name, address)
    const isKnown = isSignedIn || throttle.isFamiliar(name, address)
    const isRight = await hasher.verify(user?.passwordHash ?? undefined, password, { isKnown })
    if (isRight) throttle.clear(name, address)
    return isRight
  }

  /** Whether the password that was looked at is theirs now: it may have been taken back meanwhile. */
  const isStill = ({ id, passwordHash }: UserRecord): boolean =>
    users.findByIdForPlatform(id)?.passwordHash === passwordHash

  return {
    begin,
    go,

    /** Takes as long, and says the same, for a user who does not exist. */
    async byPassword(name: string, password: string, client: Client): Promise<StartedSession> {
      const user = users.findByNameForPlatform(name)
      const isRight = await check(user, name, password, client)
      if (user && isRight && isStill(user)) return go(user, 'password', client)
      const actor = user ? actors.named(user, client.address) : deps.nobodyAt(client.address)
      // The name is not written down: people type their password there.
      failed.note(actor, 'session.sign-in', user?.id ?? 'no such user', { method: 'password' })
      throw new CodedError('SIGN_IN_FAILED')
    },

    /** Each link is good once, for an hour. */
    byLink(token: string, client: Client): StartedSession {
      const link = links.useForPlatform(hashOfSecret(token), clock.now().toISOString())
      const user = link && users.findByIdForPlatform(link.userId)
      if (!user) throw new CodedError('SIGN_IN_LINK_INVALID')
      return link.passesSecondStep ? begin(user, 'link', client) : go(user, 'link', client)
    },

    /** A passkey alone is enough: its device has verified who holds it. Throws PASSKEY_WRONG. */
    async byPasskey(answer: PasskeyAnswer, client: Client): Promise<StartedSession> {
      const userId = await passkeys.answeredBy('passkey-sign-in', answer)
      const user = userId === undefined ? undefined : users.findByIdForPlatform(userId)
      if (user) return begin(user, 'passkey', client)
      failed.note(deps.nobodyAt(client.address), 'session.sign-in', 'no such user', {
        method: 'passkey',
      })
      throw new CodedError('PASSKEY_WRONG')
    },

    /** What a browser asks its passkeys: of anybody, or of whom the ticket of a first step is. */
    askForPasskey(ticket: string | undefined): PasskeyRequest {
      if (ticket === undefined) return passkeys.request('passkey-sign-in', null)
      const begun = tickets.read('second-step', Begun, ticket)
      if (!begun) throw new CodedError('SECOND_STEP_ENDED')
      return passkeys.request('passkey-proof', begun.userId)
    },

    /**
     * What the user has besides, with the ticket of the first step. Throws SECOND_STEP_ENDED and
     * SECOND_STEP_FAILED; a ticket stands five of those.
     */
    async bySecondStep({ ticket, proof }: SecondStep, client: Client): Promise<StartedSession> {
      const begun = tickets.read('second-step', Begun, ticket)
      const user = begun && users.findByIdForPlatform(begun.userId)
      if (!user) throw new CodedError('SECOND_STEP_ENDED')
      if (await proofs.isSecond(user, proof, client)) {
        tickets.spend(ticket)
        return begin(user, begun.method, client, { second: proof.by })
      }
      tickets.countTry(ticket)
      const details = { method: begun.method, second: proof.by }
      failed.note(actors.named(user, client.address), 'session.sign-in', user.id, details)
      throw new CodedError('SECOND_STEP_FAILED')
    },

    /** `passesSecondStep`: made by root on the server, for somebody who may have lost theirs. */
    createLink(actor: Actor, user: UserRecord, { passesSecondStep = false } = {}): SignInLink {
      const now = clock.now()
      const token = randomBytes(LINK_BYTES).toString('base64url')
      const expiresAt = new Date(now.getTime() + LINK_MS)
      transact(() => {
        links.removeExpiredForPlatform(now.toISOString())
        links.insertForPlatform({
          tokenHash: hashOfSecret(token),
          userId: user.id,
          expiresAt: expiresAt.toISOString(),
          passesSecondStep,
        })
        auditLog.append({
          actor,
          action: 'sign-in-link.create',
          target: user.id,
          ...(passesSecondStep && proofs.hasSecond(user.id) && { details: { passesSecondStep } }),
        })
      })
      return { token, url: `${dashboardUrl()}/sign-in/${token}`, expiresAt }
    },

    /**
     * Sets the user's password, ends every session and link of theirs, and starts a new one. Who
     * came by a link within the hour is not asked for the password before, which may be forgotten;
     * nor is who has just shown a passkey. Throws PASSWORD_WRONG, PROOF_REQUIRED, PASSWORD_TOO_WEAK.
     */
    async setPassword(
      actor: Actor,
      sessionId: string,
      wish: { currentPassword?: string | undefined; password: string },
      client: Client,
    ): Promise<StartedSession> {
      const user = users.findByIdForPlatform(actor.id)
      const session = sessionStore.findByIdForPlatform(sessionId)
      if (!user || !session) throw new CodedError('NOT_SIGNED_IN')

      const cameByLink =
        session.method === 'link' && clock.now().getTime() - Date.parse(session.createdAt) < LINK_MS
      const isKnown = session.method === 'passkey' && sessions.isFresh(sessionId)
      if (user.passwordHash === null && !cameByLink) proofs.mustBeFresh(actor, sessionId)
      const isAsked = user.passwordHash !== null && !cameByLink && !isKnown
      if (isAsked && !(await check(user, user.name, wish.currentPassword ?? '', client, true)))
        throw new CodedError('PASSWORD_WRONG')

      mustBeStrong(wish.password, user.name)
      const hash = await hasher.hash(wish.password)
      return transact(() => {
        // Whoever was signed out while it was hashed sets none any more.
        if (!sessionStore.findByIdForPlatform(sessionId)) throw new CodedError('NOT_SIGNED_IN')
        users.savePasswordForPlatform(user.id, hash)
        sessionStore.removeOfUserForPlatform(user.id)
        links.removeOfUserForPlatform(user.id)
        auditLog.append({ actor, action: 'user.set-password', target: user.id })
        return sessions.start(user, 'password', client)
      })
    },
  }
}
export type SignInService = ReturnType<typeof createSignInService>
