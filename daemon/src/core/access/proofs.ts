import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Access } from '@vastrox/shared/permissions.ts'
import type { LinkedIdentity, Proof, SecondProof, SignInWays } from '@vastrox/shared/sign-in.ts'
import type { ProofWay } from '@vastrox/shared/proof-way.ts'
import type { FailedSignIns } from '#core/access/failed-sign-ins.ts'
import type { Passkeys } from '#core/access/passkeys.ts'
import type { SecondFactors } from '#core/access/second-factors.ts'
import type { Client, SessionService } from '#core/access/session-service.ts'
import type { SignInThrottle } from '#core/access/sign-in-throttle.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  users: Pick<UserStore, 'findByIdForPlatform'>
  sessions: SessionService
  factors: SecondFactors
  passkeys: Passkeys
  identitiesOf: (userId: string) => LinkedIdentity[]
  hasher: PasswordHasher
  /** Of passwords, by name. */
  throttle: SignInThrottle
  /** Of everything else, by the user's id: there are only a million codes. */
  codeThrottle: SignInThrottle
  failed: FailedSignIns
  auditLog: Pick<AuditLog, 'append'>
}

/** How a user shows who they are, beside or after their first step. */
export function createProofs(deps: Deps) {
  const { users, sessions, factors, passkeys, hasher, throttle, codeThrottle, failed } = deps
  const { auditLog } = deps

  function secondWaysOf(userId: string): ProofWay[] {
    const others = factors.waysOf(userId)
    return passkeys.hasUsable(userId) ? ['passkey', ...others] : others
  }

  /**
   * Whoever has more than a password shows that: a stolen session and a password together would else
   * take the second factor away.
   */
  function waysOf(user: UserRecord): ProofWay[] {
    const seconds = secondWaysOf(user.id).filter((way) => way !== 'recovery-code')
    if (seconds.length > 0) return seconds
    return user.passwordHash === null ? [] : ['password']
  }

  async function isSecond(
    user: UserRecord,
    proof: SecondProof,
    { address }: Client,
  ): Promise<boolean> {
    // What nobody can guess is not throttled: it is the way in while others guess.
    if (proof.by === 'passkey')
      return (await passkeys.answeredBy('passkey-proof', proof.answer)) === user.id
    codeThrottle.begin(user.id, address)
    const isRight = factors.take(user.id, proof)
    if (isRight) codeThrottle.clear(user.id, address)
    return isRight
  }

  async function isRight(user: UserRecord, proof: Proof, client: Client): Promise<boolean> {
    if (proof.by !== 'password') return isSecond(user, proof, client)
    throttle.begin(user.name, client.address)
    const { passwordHash } = user
    const by = { isKnown: true }
    const isPassword = await hasher.verify(passwordHash ?? undefined, proof.password, by)
    if (isPassword) throttle.clear(user.name, client.address)
    return isPassword
  }

  const hasSecond = (userId: string): boolean => factors.hasApp(userId) || passkeys.has(userId)
  const needsSecond = (actor: Actor): boolean =>
    factors.isRequired(actor.teamId) && !hasSecond(actor.id)

  function mustBeFresh(actor: Actor, sessionId: string): void {
    if (sessions.isFresh(sessionId)) return
    const user = users.findByIdForPlatform(actor.id)
    throw new CodedError('PROOF_REQUIRED', { ways: user ? waysOf(user) : [] })
  }

  return {
    secondWaysOf,
    isSecond,

    /** Whether there is more to show than a password. */
    hasSecond,

    /** Whether their team asks for a second factor that they have not set up yet. */
    needsSecond,

    /** Throws PROOF_REQUIRED, with what can be shown, unless it was shown within ten minutes. */
    mustBeFresh,

    /** What a route asks of who sits at a browser. Throws SECOND_FACTOR_REQUIRED and PROOF_REQUIRED. */
    mustSuit(actor: Actor, sessionId: string, { setUp, fresh }: Pick<Access, 'setUp' | 'fresh'>) {
      if (!setUp && needsSecond(actor)) throw new CodedError('SECOND_FACTOR_REQUIRED')
      if (fresh) mustBeFresh(actor, sessionId)
    },

    waysFor(actor: Actor): SignInWays {
      const user = users.findByIdForPlatform(actor.id)
      return {
        hasPassword: typeof user?.passwordHash === 'string',
        hasApp: factors.hasApp(actor.id),
        recoveryCodesLeft: factors.recovery.left(actor.id),
        passkeys: passkeys.list(actor.id),
        canAddPasskeys: passkeys.isAvailable(),
        identities: deps.identitiesOf(actor.id),
        rules: { secondFactorRequired: factors.isRequired(actor.teamId) },
      }
    },

    /**
     * Shows it: counts for ten minutes of this session. Throws PROOF_WRONG, RATE_LIMITED, and
     * PROOF_REQUIRED where a password alone is not enough.
     */
    async prove(actor: Actor, sessionId: string, proof: Proof, client: Client): Promise<void> {
      const user = users.findByIdForPlatform(actor.id)
      if (!user) throw new CodedError('NOT_SIGNED_IN')
      const details = { by: proof.by }
      const ways = waysOf(user)
      if (proof.by === 'password' && !ways.includes('password'))
        throw new CodedError('PROOF_REQUIRED', { ways })
      if (!(await isRight(user, proof, client))) {
        failed.note(actor, 'session.prove', sessionId, details)
        throw new CodedError('PROOF_WRONG')
      }
      sessions.markProven(sessionId)
      auditLog.append({ actor, action: 'session.prove', target: sessionId, details })
    },
  }
}
export type Proofs = ReturnType<typeof createProofs>
