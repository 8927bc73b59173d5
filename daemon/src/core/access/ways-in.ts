import { randomBytes } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { Actors } from '#core/access/actors.ts'
import { createFailedSignIns } from '#core/access/failed-sign-ins.ts'
import { createIdentities, type NewcomerWish } from '#core/access/identities.ts'
import { createPasskeys } from '#core/access/passkeys.ts'
import { createProofs } from '#core/access/proofs.ts'
import { createSecondFactors } from '#core/access/second-factors.ts'
import { createSessionService } from '#core/access/session-service.ts'
import { createSignInProviders } from '#core/access/sign-in-providers.ts'
import { createSignInService } from '#core/access/sign-in-service.ts'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import type { Standing } from '#core/access/standing.ts'
import { createTickets } from '#core/access/tickets.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { IdentityPreset, IdentityProviders } from '#ports/identity-provider.ts'
import type { NewId } from '#ports/ids.ts'
import type { PasskeySite, PasskeyVerifier } from '#ports/passkey-verifier.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { IdentityStore } from '#store/identity-store.ts'
import type { PasskeyStore } from '#store/passkey-store.ts'
import type { SecondFactorStore } from '#store/second-factor-store.ts'
import type { SessionStore } from '#store/session-store.ts'
import type { SignInLinkStore } from '#store/sign-in-link-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

export interface WaysInDeps {
  actors: Actors
  users: UserStore
  sessionStore: SessionStore
  factorStore: SecondFactorStore
  passkeyStore: PasskeyStore
  passkeyVerifier: PasskeyVerifier
  /** Undefined while the dashboard has no host name that browsers trust. */
  passkeySite: () => PasskeySite | undefined
  identityStore: IdentityStore
  identityPresets: readonly IdentityPreset[]
  identityProviders: IdentityProviders
  links: SignInLinkStore
  auditLog: AuditLog
  hasher: PasswordHasher
  secretBox: SecretBox
  clock: Clock
  newId: NewId
  transact: Transact
  standing: Pick<Standing, 'mustHave'>
  /** 32 bytes of their own purpose, for refresh tokens. */
  refreshKey: Buffer
  /** `https://<host>:<port>` as configured (rule C12). */
  dashboardUrl: () => string
  /** Who a failure of somebody unknown is written down for. */
  nobodyAt: (address: string) => Actor
  /** Whom a provider's domain lets in. */
  addUser: (wish: NewcomerWish) => UserRecord
  /** Whom an invitation lets in, with a name that nobody has. */
  admitInvited: (token: string, name: string, address: string) => UserRecord
}

/** Six digits: far fewer guesses than at a password, and nobody who knows the place waits for strangers. */
const CODE_LIMITS = { anywhere: 20, firsts: 50, maxWaitMs: 60_000 }

/** How people prove who they are, wired: sessions, first and second steps, and what is asked again. */
export function createWaysIn(deps: WaysInDeps) {
  const { clock } = deps
  const tickets = createTickets({ clock, key: randomBytes(32) })
  const throttle = createSignInThrottle(clock)
  const codeThrottle = createSignInThrottle(clock, CODE_LIMITS)
  const failed = createFailedSignIns(deps)
  const sessions = createSessionService({
    ...deps,
    sessions: deps.sessionStore,
    key: deps.refreshKey,
  })
  const passkeys = createPasskeys({ ...deps, tickets })
  const factors = createSecondFactors({
    ...deps,
    factors: deps.factorStore,
    tickets,
    hasPasskey: passkeys.has,
  })
  const proofs = createProofs({
    ...deps,
    sessions,
    factors,
    passkeys,
    identitiesOf: (userId) => identities.list(userId),
    throttle,
    codeThrottle,
    failed,
  })
  const signIn = createSignInService({
    ...deps,
    sessions,
    proofs,
    passkeys,
    tickets,
    throttle,
    failed,
  })

  const providers = createSignInProviders(deps)
  const identities = createIdentities({ ...deps, providers, sessions, signIn, tickets, failed })

  return {
    sessions,
    signIn,
    proofs,
    factors,
    passkeys,
    /** Somebody could not show who they are, at whichever door. */
    noteFailure: (
      address: string,
      action: string,
      target: string,
      details: Record<string, unknown> = {},
    ): void => failed.note(deps.nobodyAt(address), action, target, details),
    providers,
    identities,
    flushFailures: () => failed.flush(),
  }
}
