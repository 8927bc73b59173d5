import { createNewId } from '#adapters/system/ids.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createAccessChanges } from '#core/access/access-changes.ts'
import { createAccessService } from '#core/access/access-service.ts'
import { createIdempotencyService } from '#core/access/idempotency-service.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import type { IdentityProviders } from '#ports/identity-provider.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import { createInvitationStore } from '#store/invitation-store.ts'
import { createGrantStore } from '#store/grant-store.ts'
import { createMembershipStore } from '#store/membership-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createIdempotencyStore } from '#store/idempotency-store.ts'
import { passkeyVerifier } from '#adapters/identity/passkey-verifier.ts'
import { identityPresets } from '#catalog/identity-presets/index.ts'
import { createFakeIdentityProviders } from '#test/fakes/identity-providers.ts'
import { createIdentityStore } from '#store/identity-store.ts'
import { createPasskeyStore } from '#store/passkey-store.ts'
import { createSecondFactorStore } from '#store/second-factor-store.ts'
import { createSessionStore } from '#store/session-store.ts'
import { createSignInLinkStore } from '#store/sign-in-link-store.ts'
import { createTokenStore } from '#store/token-store.ts'
import { createUserStore } from '#store/user-store.ts'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import type { Role } from '@vastrox/shared/permissions.ts'

export const NOON = new Date('2026-11-22T12:00:00.000Z')
export const CLIENT = { address: '192.0.2.7', userAgent: 'Firefox' }

/** No slow hash; says who it was asked about. */
export function createFakePasswordHasher() {
  const verified: (string | undefined)[] = []
  const hasher: PasswordHasher = {
    hash: async (password) => `hash of ${password}`,
    verify: async (hash, password) => {
      verified.push(hash)
      return hash === `hash of ${password}`
    },
  }
  return { ...hasher, verified }
}

/** Access, audit and idempotency over a real database in memory; time moves when it is told to. */
export function createAccessHarness(
  hasher: PasswordHasher = createFakePasswordHasher(),
  identityProviders: IdentityProviders = createFakeIdentityProviders(),
) {
  const db = openTestDatabase(':memory:', { create: true })
  const transact = transactionOf(db)
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  let now = NOON.getTime()
  const clock = { now: () => new Date(now), elapsedMs: () => now, sleep: async () => {} }
  const newId = createNewId(() => now)
  const auditLog = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const users = createUserStore(db)
  const teams = createTeamStore(db)
  const memberships = createMembershipStore(db)
  const told: string[] = []
  const apps = createAppStore(db)
  const access = createAccessService({
    users,
    teams,
    memberships,
    grants: createGrantStore(db),
    invitations: createInvitationStore(db),
    changes: createAccessChanges(),
    sessionStore: createSessionStore(db),
    factorStore: createSecondFactorStore(db),
    passkeyStore: createPasskeyStore(db),
    identityStore: createIdentityStore(db),
    identityPresets,
    identityProviders,
    passkeyVerifier,
    passkeySite: () => ({ rpId: 'example.com', origin: 'https://example.com:8443' }),
    tokenStore: createTokenStore(db),
    links: createSignInLinkStore(db),
    apps,
    auditLog,
    events: { emit: ({ type }) => told.push(type) },
    hasher,
    secretBox: createSecretBox(masterKey),
    clock,
    newId,
    transact,
    refreshKey: masterKey.deriveKey('refresh-token'),
    dashboardUrl: () => 'https://example.com:8443',
  })
  const idempotency = createIdempotencyService({
    store: createIdempotencyStore(db),
    secretBox: createSecretBox(masterKey),
    clock,
    key: masterKey.deriveKey('idempotency'),
  })
  access.createFirstOwner()
  const { teamId } = access.rootActor()

  return {
    db,
    clock,
    newId,
    transact,
    masterKey,
    auditLog,
    /** Types of the live events, in order. */
    told,
    users,
    teams,
    memberships,
    apps,
    access,
    idempotency,
    teamId,

    pass: (ms: number): void => {
      now += ms
    },

    /** A user of this team, or of one of its own. */
    addUser: (name: string, role: Role, ofTeam = teamId) => {
      const createdAt = clock.now().toISOString()
      const user = { id: newId(), name, passwordHash: null, createdAt, disabledAt: null }
      users.insertForPlatform(user)
      memberships.insertForPlatform(user.id, ofTeam, role, createdAt)
      return user
    },

    addTeam: (name: string): string => {
      const id = newId()
      teams.insertForPlatform(id, name, clock.now().toISOString())
      return id
    },

    addApp: (name: string, ofTeam = teamId): string => {
      const id = newId()
      apps.insert({
        id,
        teamId: ofTeam,
        name,
        stack: null,
        settings: DEFAULT_APP_SETTINGS,
        scale: {},
        processLimits: {},
        wanted: true,
        liveReleaseId: null,
        createdAt: clock.now().toISOString(),
        destroyedAt: null,
      })
      return id
    },

    /** The audit log, newest first, as `action result`. */
    audited: (): string[] =>
      auditLog
        .list(access.rootActor(), { cursor: undefined, limit: 200 })
        .items.map(({ action, result }) => `${action} ${result}`),

    /** Every row of every table, as text: for looking whether a secret is at rest. */
    everythingAtRest: (): string => {
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .pluck()
        .all()
      return tables
        .map((table) => JSON.stringify(db.prepare(`SELECT * FROM "${table}"`).all()))
        .join('\n')
    },
  }
}
export type AccessHarness = ReturnType<typeof createAccessHarness>
