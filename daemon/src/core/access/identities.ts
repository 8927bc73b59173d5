import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FinishTrip, LinkedIdentity } from '@vastrox/shared/sign-in.ts'
import { UserName } from '@vastrox/shared/user.ts'
import { z } from 'zod'
import type { FailedSignIns } from '#core/access/failed-sign-ins.ts'
import type { Client, SessionService, StartedSession } from '#core/access/session-service.ts'
import type { SignInProviderService } from '#core/access/sign-in-providers.ts'
import type { SignInService } from '#core/access/sign-in-service.ts'
import type { Tickets } from '#core/access/tickets.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { ForeignIdentity, IdentityProviders, ProviderTrip } from '#ports/identity-provider.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { IdentityProviderRecord, IdentityStore } from '#store/identity-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  identityStore: IdentityStore
  identityProviders: IdentityProviders
  providers: SignInProviderService
  users: Pick<UserStore, 'findByIdForPlatform' | 'findByNameForPlatform'>
  sessions: SessionService
  signIn: SignInService
  tickets: Tickets
  failed: FailedSignIns
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  nobodyAt: (address: string) => Actor
  /** A user without a password, in that team. */
  addUser: (wish: NewcomerWish) => UserRecord
  /** Throws INVITATION_INVALID. */
  admitInvited: (token: string, name: string, address: string) => UserRecord
}

export interface NewcomerWish {
  name: string
  teamId: string
  role: IdentityProviderRecord['role']
  address: string
}

/** What the browser is sent to, and what it keeps in a cookie until it comes back. */
export interface BegunTrip {
  url: string
  browserSecret: string
}

const TRIP_MS = 600_000
const SECRET_BYTES = 32
const MAX_LINKED = 20
const Trip = z.object({
  provider: z.string(),
  /** Of what the browser keeps: nobody else can end the trip. */
  browser: z.string(),
  /** Who links their account; null where somebody signs in. */
  linking: z.object({ userId: z.string(), sessionId: z.string() }).nullable(),
})

/**
 * Signing in by a provider. An account here is recognised by issuer and subject alone, never by an
 * address; it is linked by who is signed in and has just shown who they are. Whoever is not known is
 * refused, unless they bring an invitation, or the operator lets in everybody of a domain that the
 * provider vouches for.
 */
export function createIdentities(deps: Deps) {
  const { identityStore, identityProviders, providers, users, sessions, signIn, tickets } = deps
  const { failed, auditLog, clock, newId, transact } = deps

  async function begin(
    provider: string,
    linking: z.infer<typeof Trip>['linking'],
  ): Promise<BegunTrip> {
    const record = providers.find(provider)
    const browserSecret = randomBytes(SECRET_BYTES).toString('base64url')
    const trip = { provider, browser: digest(browserSecret), linking }
    const state = tickets.issue('provider', trip, TRIP_MS)
    const url = await identityProviders.authorizeUrl(
      providers.setUpOf(record),
      tripOf(state, browserSecret),
    )
    return { url, browserSecret }
  }

  function insert(userId: string, { issuer, subject, label }: ForeignIdentity): LinkedIdentity {
    const at = clock.now().toISOString()
    const record = { id: newId(), userId, issuer, subject, label, createdAt: at, lastUsedAt: null }
    identityStore.insertForPlatform(record)
    return toLinked(record)
  }

  /** A name that nobody has, as near as may be to what they are called there. */
  function freeNameFor({ nickname }: ForeignIdentity): string {
    const plain = nickname
      .toLowerCase()
      .replace(/@.*$/, '')
      .replaceAll(/[^a-z0-9._-]/g, '')
      .replace(/^[^a-z]+/, '')
      .slice(0, 30)
    const base = plain.length < 2 ? 'user' : plain
    for (let at = 1; ; at += 1) {
      const name = at === 1 ? base : `${base}-${at}`
      if (UserName.safeParse(name).success && !users.findByNameForPlatform(name)) return name
    }
  }

  /** Who was let in by their domain; undefined where theirs is not. */
  function admit(
    provider: IdentityProviderRecord,
    identity: ForeignIdentity,
    { address }: Client,
    invitation: string | undefined,
  ): UserRecord | undefined {
    if (invitation !== undefined)
      return transact(() => {
        const user = deps.admitInvited(invitation, freeNameFor(identity), address)
        insert(user.id, identity)
        return user
      })
    const { domain } = identity
    if (domain === null || !provider.domains.includes(domain)) return undefined
    return transact(() => {
      const { teamId, role } = provider
      const user = deps.addUser({ name: freeNameFor(identity), teamId, role, address })
      insert(user.id, identity)
      auditLog.append({
        actor: { ...deps.nobodyAt(address), teamId },
        action: 'user.create',
        target: user.id,
        details: { name: user.name, role, provider: provider.name, domain },
      })
      return user
    })
  }

  function signInAs(
    provider: IdentityProviderRecord,
    identity: ForeignIdentity,
    client: Client,
    invitation: string | undefined,
  ): StartedSession {
    const known = identityStore.findForPlatform(identity.issuer, identity.subject)
    const user = known
      ? users.findByIdForPlatform(known.userId)
      : admit(provider, identity, client, invitation)
    if (!user) {
      failed.note(deps.nobodyAt(client.address), 'session.sign-in', 'no such user', {
        method: 'provider',
        provider: provider.name,
      })
      throw new CodedError('IDENTITY_UNKNOWN')
    }
    if (known) identityStore.useForPlatform(known.id, identity.label, clock.now().toISOString())
    return signIn.go(user, 'provider', client)
  }

  function link(
    { userId, sessionId }: { userId: string; sessionId: string },
    identity: ForeignIdentity,
    client: Client,
  ): LinkedIdentity {
    const actor = sessions.authenticate(sessionId, client.address)
    if (actor?.id !== userId) throw new CodedError('NOT_SIGNED_IN')
    return transact(() => {
      const known = identityStore.findForPlatform(identity.issuer, identity.subject)
      if (known?.userId === userId) return toLinked(known)
      if (known) throw new CodedError('IDENTITY_TAKEN')
      if (identityStore.listForPlatform(userId).length >= MAX_LINKED)
        throw new CodedError('IDENTITIES_FULL')
      const linked = insert(userId, identity)
      const { issuer, label } = linked
      auditLog.append({
        actor,
        action: 'identity.link',
        target: linked.id,
        details: { issuer, label },
      })
      return linked
    })
  }

  return {
    /** For somebody who signs in. Throws IDENTITY_PROVIDER_NOT_FOUND and what the provider lacks. */
    begin: (provider: string): Promise<BegunTrip> => begin(provider, null),

    /** For somebody who is signed in, and has just shown it. */
    beginLink: (actor: Actor, sessionId: string, provider: string): Promise<BegunTrip> =>
      begin(provider, { userId: actor.id, sessionId }),

    /**
     * The browser is back, with what the provider gave it. Throws SIGN_IN_TRIP_INVALID where that is
     * not the trip that this browser began with this provider, minutes ago, and has not ended yet.
     */
    async finish(
      { provider, query, invitation }: z.infer<typeof FinishTrip>,
      browserSecret: string | undefined,
      client: Client,
    ): Promise<{ session: StartedSession } | { linked: LinkedIdentity }> {
      const state = new URLSearchParams(query).get('state') ?? ''
      const trip = tickets.read('provider', Trip, state)
      const isHere =
        trip?.provider === provider &&
        browserSecret !== undefined &&
        isSame(trip.browser, digest(browserSecret))
      if (!isHere) throw new CodedError('SIGN_IN_TRIP_INVALID')
      tickets.spend(state)
      const record = providers.find(provider)
      const identity = await identityProviders.identify(
        providers.setUpOf(record),
        tripOf(state, browserSecret),
        query,
      )
      return trip.linking
        ? { linked: link(trip.linking, identity, client) }
        : { session: signInAs(record, identity, client, invitation) }
    },

    list: (userId: string): LinkedIdentity[] => identityStore.listForPlatform(userId).map(toLinked),

    /** It signs nobody in any more. Throws IDENTITY_NOT_FOUND. */
    unlink(actor: Actor, id: string): void {
      transact(() => {
        if (!identityStore.removeForPlatform(actor.id, id))
          throw new CodedError('IDENTITY_NOT_FOUND')
        auditLog.append({ actor, action: 'identity.unlink', target: id })
      })
    },

    removeAllForPlatform: (userId: string): void => identityStore.removeOfUserForPlatform(userId),
  }
}
export type Identities = ReturnType<typeof createIdentities>

/** Nonce and verifier come from what the browser keeps: nothing of them is stored, or in the state. */
const tripOf = (state: string, browserSecret: string): ProviderTrip => ({
  state,
  nonce: digest(`nonce ${browserSecret} ${state}`),
  verifier: digest(`verifier ${browserSecret} ${state}`),
})

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const toLinked = ({
  id,
  issuer,
  label,
  createdAt,
  lastUsedAt,
}: Omit<LinkedIdentity, 'never'>): LinkedIdentity => ({ id, issuer, label, createdAt, lastUsedAt })
