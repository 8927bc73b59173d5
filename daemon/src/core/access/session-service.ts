import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Session } from '@vastrox/shared/user.ts'
import type { Actors } from '#core/access/actors.ts'
import { hashOfSecret } from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SessionRecord, SessionStore, SignInMethod } from '#store/session-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  sessions: SessionStore
  users: UserStore
  actors: Actors
  auditLog: AuditLog
  clock: Clock
  newId: NewId
  /** Of its own purpose: refresh tokens are made with it. */
  key: Buffer
}

/** Whose browser it is. */
export interface Client {
  address: string
  userAgent: string
}

/** What the sign-in gives the browser: the session's id (for the access token) and the refresh token. */
export interface StartedSession {
  sessionId: string
  userId: string
  refreshToken: string
  expiresAt: Date
}

const IDLE_MS = 12 * 3_600_000
const ABSOLUTE_MS = 7 * 86_400_000
/** Two tabs may refresh at once, or a reply may get lost: the token before is good for this long. */
const GRACE_MS = 5_000
/** Rows are written at most once a minute for being used. */
const TOUCH_MS = 60_000
const MAX_USER_AGENT = 300
/** How long it counts that somebody has shown who they are. */
const PROOF_MS = 600_000

/**
 * Sessions of decision 8. A refresh token is `<session>.<generation>.<MAC>`: each is good once, only
 * its hash is kept, and one that was used before is recognised for ever, whatever its generation:
 * somebody has a copy, so the session ends.
 */
export function createSessionService(deps: Deps) {
  const { sessions, users, actors, auditLog, clock, newId, key } = deps

  const refreshTokenOf = (id: string, generation: number): string =>
    `${id}.${generation}.${createHmac('sha256', key).update(`${id}.${generation}`).digest('base64url')}`

  const msSince = (at: string): number => clock.now().getTime() - Date.parse(at)

  const isAlive = (session: SessionRecord): boolean =>
    msSince(session.expiresAt) < 0 && msSince(session.lastUsedAt) < IDLE_MS

  function findAlive(id: string): { session: SessionRecord; user: UserRecord } | undefined {
    const session = sessions.findByIdForPlatform(id)
    if (!session || !isAlive(session)) return undefined
    const user = users.findByIdForPlatform(session.userId)
    return user?.disabledAt === null ? { session, user } : undefined
  }

  const started = (session: SessionRecord): StartedSession => ({
    sessionId: session.id,
    userId: session.userId,
    refreshToken: refreshTokenOf(session.id, session.refreshGeneration),
    expiresAt: new Date(session.expiresAt),
  })

  return {
    /**
     * A new session at every sign-in; nothing of an earlier one is taken over. It begins in the team that
     * the user joined first. Throws USER_DISABLED.
     */
    start(user: UserRecord, method: SignInMethod, { address, userAgent }: Client): StartedSession {
      const home = actors.atHome(user.id, address)
      if (!home) throw new CodedError('USER_DISABLED')
      const now = clock.now()
      const at = now.toISOString()
      const id = newId()
      const session: SessionRecord = {
        id,
        userId: user.id,
        teamId: home.teamId,
        method,
        refreshGeneration: 1,
        refreshHash: hashOfSecret(refreshTokenOf(id, 1)),
        refreshedAt: at,
        userAgent: userAgent.slice(0, MAX_USER_AGENT),
        address,
        createdAt: at,
        lastUsedAt: at,
        expiresAt: new Date(now.getTime() + ABSOLUTE_MS).toISOString(),
        provenAt: at,
      }
      sessions.removeDeadForPlatform(at, new Date(now.getTime() - IDLE_MS).toISOString())
      sessions.insertForPlatform(session)
      return started(session)
    },

    /** The actor of a session that is alive now, with what they may do now in its team; undefined otherwise. */
    authenticate(id: string, address: string): Actor | undefined {
      const found = findAlive(id)
      if (!found) return undefined
      if (msSince(found.session.lastUsedAt) >= TOUCH_MS)
        sessions.touchForPlatform(id, clock.now().toISOString(), address)
      const actor = actors.inTeam(found.user.id, found.session.teamId, address)
      return actor && { ...actor, via: { kind: 'session', id } }
    },

    /** Whether its user has shown within ten minutes that it is them; signing in shows it. */
    isFresh(id: string): boolean {
      const provenAt = findAlive(id)?.session.provenAt ?? null
      if (provenAt === null) return false
      const age = msSince(provenAt)
      // Not for ever where somebody has set the machine's clock back.
      return age < PROOF_MS && age > -PROOF_MS
    },

    /** They have just shown it. */
    markProven(id: string): void {
      sessions.proveForPlatform(id, clock.now().toISOString())
    },

    /** Gives the next refresh token. Throws NOT_SIGNED_IN, and ends the session when the token was used before. */
    refresh(refreshToken: string, { address }: Client): StartedSession {
      const [id = '', generationText = ''] = refreshToken.split('.')
      const generation = Number(generationText)
      if (!isSame(refreshToken, refreshTokenOf(id, generation)))
        throw new CodedError('NOT_SIGNED_IN')
      const found = findAlive(id)
      if (!found) throw new CodedError('NOT_SIGNED_IN')
      const { session, user } = found

      const isJustReplaced =
        generation === session.refreshGeneration - 1 && msSince(session.refreshedAt) < GRACE_MS
      if (isJustReplaced) return started(session)
      if (!isSame(hashOfSecret(refreshToken), session.refreshHash)) {
        sessions.removeForPlatform(id)
        auditLog.append({
          actor: actors.named(user, address),
          action: 'session.refresh-token-reused',
          target: id,
          result: 'denied',
        })
        throw new CodedError('NOT_SIGNED_IN')
      }

      const at = clock.now().toISOString()
      const next = { ...session, refreshGeneration: generation + 1, refreshedAt: at }
      const hash = hashOfSecret(refreshTokenOf(id, next.refreshGeneration))
      sessions.rotateForPlatform(id, { generation: next.refreshGeneration, hash, at, address })
      return started(next)
    },

    list: (actor: Actor, currentId: string | null): Session[] =>
      sessions
        .list(actor)
        .filter(isAlive)
        .map((session) => show(session, currentId)),

    /** Somebody's, for whoever looks after users. */
    listOf: (userId: string): Session[] =>
      sessions
        .listOfUserForPlatform(userId)
        .filter(isAlive)
        .map((session) => show(session, null)),

    /** Ends one of the actor's own sessions. Throws SESSION_NOT_FOUND. */
    revoke(actor: Actor, id: string): void {
      if (!sessions.remove(actor, id)) throw new CodedError('SESSION_NOT_FOUND')
      auditLog.append({ actor, action: 'session.revoke', target: id })
    },

    /** Signs out the browser that holds the refresh token; one that is not ours changes nothing. */
    end(refreshToken: string): void {
      const [id = '', generation = ''] = refreshToken.split('.')
      if (isSame(refreshToken, refreshTokenOf(id, Number(generation))))
        sessions.removeForPlatform(id)
    },
  }
}
export type SessionService = ReturnType<typeof createSessionService>

const show = (session: SessionRecord, currentId: string | null): Session => ({
  id: session.id,
  current: session.id === currentId,
  userAgent: session.userAgent,
  address: session.address,
  createdAt: session.createdAt,
  lastUsedAt: session.lastUsedAt,
  expiresAt: session.expiresAt,
})

function isSame(one: string, other: string): boolean {
  const a = Buffer.from(one)
  const b = Buffer.from(other)
  return a.length === b.length && timingSafeEqual(a, b)
}
