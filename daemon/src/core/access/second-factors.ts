import { randomBytes } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ProofWay } from '@vastrox/shared/proof-way.ts'
import type { CodeSetUp, Proof, SecondProof } from '@vastrox/shared/sign-in.ts'
import { z } from 'zod'
import { base32, otpauthUri, stepOf } from '#core/access/one-time-code.ts'
import { createRecoveryCodes } from '#core/access/recovery-codes.ts'
import type { Tickets } from '#core/access/tickets.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { SecondFactorStore } from '#store/second-factor-store.ts'
import type { SessionStore } from '#store/session-store.ts'

interface Deps {
  factors: SecondFactorStore
  sessionStore: Pick<SessionStore, 'removeOthersForPlatform'>
  tickets: Tickets
  secretBox: SecretBox
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  hasPasskey: (userId: string) => boolean
  /** For people who have several servers in one app. */
  dashboardUrl: () => string
}

/** RFC 4226 wants 160 bits. */
const SECRET_BYTES = 20
const SET_UP_MS = 600_000
const SetUp = z.object({ userId: z.string(), secret: z.string() })

/** Authenticator apps and recovery codes: what a user shows besides a password, a link or a provider. */
export function createSecondFactors(deps: Deps) {
  const { factors, sessionStore, tickets, secretBox, auditLog, clock, transact } = deps
  const recovery = createRecoveryCodes(factors, clock)

  const hasApp = (userId: string): boolean => factors.findMakerForPlatform(userId) !== undefined

  function takeCode(userId: string, typed: string): boolean {
    const maker = factors.findMakerForPlatform(userId)
    if (!maker) return false
    const secret = Buffer.from(secretBox.open(maker.secretSealed, contextOf(userId)), 'base64')
    const step = stepOf(secret, typed, clock.now(), maker.lastStep)
    return step !== undefined && factors.takeStepForPlatform(userId, step)
  }

  return {
    recovery,
    hasApp,

    /** What the user could show, the likeliest first. */
    waysOf(userId: string): ProofWay[] {
      const ways: ProofWay[] = hasApp(userId) ? ['code'] : []
      return recovery.left(userId) > 0 ? [...ways, 'recovery-code'] : ways
    },

    /** True once for each code. */
    take(userId: string, proof: Exclude<Proof | SecondProof, { by: 'password' | 'passkey' }>) {
      return proof.by === 'code' ? takeCode(userId, proof.code) : recovery.take(userId, proof.code)
    },

    /** A new secret for an app; nothing counts before a code of it has come back. */
    beginApp(actor: Actor): CodeSetUp {
      const secret = randomBytes(SECRET_BYTES)
      const { host } = new URL(deps.dashboardUrl())
      const data = { userId: actor.id, secret: secret.toString('base64') }
      return {
        key: base32(secret),
        uri: otpauthUri(secret, { issuer: `Vastrox ${host}`, name: actor.name }),
        ticket: tickets.issue('set-up-codes', data, SET_UP_MS),
      }
    },

    /**
     * From now on a code is asked for; every other session ends. Gives recovery codes where the user
     * has none. Throws CODE_WRONG.
     */
    confirmApp(actor: Actor, sessionId: string, wish: { ticket: string; code: string }): string[] {
      const setUp = tickets.read('set-up-codes', SetUp, wish.ticket)
      if (setUp?.userId !== actor.id)
        throw new CodedError('CODE_WRONG', { reason: 'That took too long: begin anew.' })
      const secret = Buffer.from(setUp.secret, 'base64')
      const step = stepOf(secret, wish.code, clock.now(), 0)
      if (step === undefined) throw new CodedError('CODE_WRONG')
      return transact(() => {
        tickets.spend(wish.ticket)
        factors.saveMakerForPlatform({
          userId: actor.id,
          secretSealed: secretBox.seal(setUp.secret, contextOf(actor.id)),
          lastStep: step,
          createdAt: clock.now().toISOString(),
        })
        sessionStore.removeOthersForPlatform(actor.id, sessionId)
        auditLog.append({ actor, action: 'second-factor.set-up', target: actor.id })
        return recovery.left(actor.id) === 0 ? recovery.renew(actor.id) : []
      })
    },

    /** Those that there are after the first second factor: new ones where there are none. */
    recoveryCodesFor: (userId: string): string[] =>
      recovery.left(userId) === 0 ? recovery.renew(userId) : [],

    /** Recovery codes are for a second factor: they go with the last. */
    tidyRecoveryCodes(userId: string): void {
      if (!hasApp(userId) && !deps.hasPasskey(userId)) recovery.remove(userId)
    },

    /** Every other session ends. Throws SECOND_FACTOR_NOT_FOUND. */
    removeApp(actor: Actor, sessionId: string): void {
      transact(() => {
        if (!factors.removeMakerForPlatform(actor.id))
          throw new CodedError('SECOND_FACTOR_NOT_FOUND')
        if (!deps.hasPasskey(actor.id)) recovery.remove(actor.id)
        sessionStore.removeOthersForPlatform(actor.id, sessionId)
        auditLog.append({ actor, action: 'second-factor.remove', target: actor.id })
      })
    },

    /** Ten new ones, shown this once. Every other session ends. */
    renewRecoveryCodes(actor: Actor, sessionId: string): string[] {
      return transact(() => {
        const codes = recovery.renew(actor.id)
        sessionStore.removeOthersForPlatform(actor.id, sessionId)
        auditLog.append({ actor, action: 'recovery-codes.renew', target: actor.id })
        return codes
      })
    },

    isRequired: (teamId: string): boolean => factors.isRequiredForPlatform(teamId),

    /** Whether everybody of the actor's team needs a second factor. */
    require(actor: Actor, isRequired: boolean): void {
      transact(() => {
        factors.saveRequiredForPlatform(actor.teamId, isRequired)
        const details = { secondFactor: isRequired ? 'required' : 'optional' }
        auditLog.append({ actor, action: 'team.sign-in-rules', target: actor.teamId, details })
      })
    },

    /** As root does for somebody who has lost everything. */
    removeAllForPlatform(userId: string): void {
      factors.removeMakerForPlatform(userId)
      factors.removeCodesForPlatform(userId)
    },
  }
}
export type SecondFactors = ReturnType<typeof createSecondFactors>

const contextOf = (userId: string): string => `code_makers|${userId}|secret_sealed`
