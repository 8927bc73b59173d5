import { randomBytes } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { mustBeStrong } from '#core/access/password-rules.ts'
import {
  actorOf,
  type Client,
  type SessionService,
  type StartedSession,
} from '#core/access/session-service.ts'
import type { SignInThrottle } from '#core/access/sign-in-throttle.ts'
import { hashOfSecret } from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import type { Transact } from '#store/database.ts'
import type { SessionStore } from '#store/session-store.ts'
import type { SignInLinkStore } from '#store/sign-in-link-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  users: UserStore
  sessionStore: SessionStore
  links: SignInLinkStore
  sessions: SessionService
  throttle: SignInThrottle
  hasher: PasswordHasher
  auditLog: AuditLog
  clock: Clock
  transact: Transact
  /** `https://<host>:<port>` as configured, never as a request says (rule C12). */
  dashboardUrl: () => string
}

export interface SignInLink {
  /** 256 random bits; only its hash is kept. */
  token: string
  url: string
  expiresAt: Date
}

const LINK_MS = 3_600_000
const LINK_BYTES = 32

/** The ways in for people: a one-time link, and a password once one is set. */
export function createSignInService(deps: Deps) {
  const { users, sessionStore, links, sessions, throttle, hasher, auditLog, clock } = deps
  const { transact, dashboardUrl } = deps

  const begin = (user: UserRecord, method: 'link' | 'password', client: Client): StartedSession =>
    transact(() => {
      const started = sessions.start(user, method, client)
      auditLog.append({
        actor: actorOf(user, client.address),
        action: 'session.sign-in',
        target: started.sessionId,
        details: { method },
      })
      return started
    })

  /** Throws unless the password is the user's; counts against the throttle of the name and the network. */
  async function check(
    user: UserRecord | undefined,
    name: string,
    password: string,
    { address }: Client,
  ): Promise<boolean> {
    throttle.begin(name, address)
    const isRight = await hasher.verify(user?.passwordHash ?? undefined, password)
    if (isRight) throttle.clear(name, address)
    return isRight
  }

  return {
    /** Takes as long, and says the same, for a user who does not exist. */
    async byPassword(name: string, password: string, client: Client): Promise<StartedSession> {
      const user = users.findByNameForPlatform(name)
      const isRight = await check(user, name, password, client)
      if (user && isRight) return begin(user, 'password', client)
      if (user)
        auditLog.append({
          actor: actorOf(user, client.address),
          action: 'session.sign-in',
          target: user.id,
          result: 'failed',
          details: { method: 'password' },
        })
      throw new CodedError('SIGN_IN_FAILED')
    },

    /** Each link is good once, for an hour. */
    byLink(token: string, client: Client): StartedSession {
      return transact(() => {
        const userId = links.useForPlatform(hashOfSecret(token), clock.now().toISOString())
        const user = userId === undefined ? undefined : users.findByIdForPlatform(userId)
        if (!user) throw new CodedError('SIGN_IN_LINK_INVALID')
        return begin(user, 'link', client)
      })
    },

    createLink(actor: Actor, user: UserRecord): SignInLink {
      const now = clock.now()
      const token = randomBytes(LINK_BYTES).toString('base64url')
      const expiresAt = new Date(now.getTime() + LINK_MS)
      transact(() => {
        links.removeExpiredForPlatform(now.toISOString())
        links.insertForPlatform({
          tokenHash: hashOfSecret(token),
          userId: user.id,
          expiresAt: expiresAt.toISOString(),
        })
        auditLog.append({ actor, action: 'sign-in-link.create', target: user.id })
      })
      return { token, url: `${dashboardUrl()}/sign-in/${token}`, expiresAt }
    },

    /**
     * Sets the user's password, ends every session and link of theirs, and starts a new one. Who
     * came by a link within the hour is not asked for the password before: it may be forgotten.
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
      const isAsked = user.passwordHash !== null && !cameByLink
      if (isAsked && !(await check(user, user.name, wish.currentPassword ?? '', client)))
        throw new CodedError('PASSWORD_WRONG')

      mustBeStrong(wish.password, user.name)
      const hash = await hasher.hash(wish.password)
      return transact(() => {
        users.savePasswordForPlatform(user.id, hash)
        sessionStore.removeOfUserForPlatform(user.id)
        links.removeOfUserForPlatform(user.id)
        auditLog.append({ actor, action: 'user.set-password', target: user.id })
        return sessions.start(user, session.method, client)
      })
    },
  }
}
export type SignInService = ReturnType<typeof createSignInService>
