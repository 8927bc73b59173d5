import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Me } from '@vastrox/shared/user.ts'
import type { AccessChanges } from '#core/access/access-changes.ts'
import { createActors } from '#core/access/actors.ts'
import { createInvitationService } from '#core/access/invitation-service.ts'
import type { SignInLink } from '#core/access/sign-in-service.ts'
import { createStanding } from '#core/access/standing.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createTeamService } from '#core/access/team-service.ts'
import { tellingSessions, tellingTokens } from '#core/access/telling-stores.ts'
import { createTokenService } from '#core/access/token-service.ts'
import { createUserService } from '#core/access/user-service.ts'
import { createWaysIn, type WaysInDeps } from '#core/access/ways-in.ts'
import { createRefusals } from '#core/audit/refusals.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'
import type { GrantStore } from '#store/grant-store.ts'
import type { InvitationStore } from '#store/invitation-store.ts'
import type { MembershipStore } from '#store/membership-store.ts'
import type { TeamStore } from '#store/team-store.ts'
import type { TokenStore } from '#store/token-store.ts'
import type { UserRecord } from '#store/user-store.ts'

interface Deps
  extends Omit<WaysInDeps, 'actors' | 'standing' | 'nobodyAt' | 'addUser' | 'admitInvited'> {
  teams: TeamStore
  memberships: MembershipStore
  grants: GrantStore
  invitations: InvitationStore
  tokenStore: TokenStore
  apps: Pick<AppStore, 'findByName' | 'findById' | 'findByNameForPlatform'>
  /** Told of whatever changes what somebody may do. */
  changes: AccessChanges
  events: Pick<EventStream, 'emit'>
}

const FIRST_TEAM = 'default'
const FIRST_OWNER = 'admin'

/** Who may come in, and as whom. */
export function createAccessService(given: Deps) {
  const deps = {
    ...given,
    sessionStore: tellingSessions(given.sessionStore, given.changes),
    tokenStore: tellingTokens(given.tokenStore, given.changes),
  }
  const { users, teams, memberships, apps, changes, auditLog, clock, newId, transact } = deps
  const actors = createActors(deps)
  const standing = createStanding(deps)
  const tokens = createTokenService({ ...deps, actors, tokens: deps.tokenStore })
  const waysIn = createWaysIn({
    ...deps,
    actors,
    standing,
    nobodyAt: (address) => ({ ...systemActor(rootActor().teamId), name: 'nobody', address }),
    addUser({ name, teamId, role }) {
      const createdAt = clock.now().toISOString()
      const user = { id: newId(), name, passwordHash: null, createdAt, disabledAt: null }
      users.insertForPlatform(user)
      memberships.insertForPlatform(user.id, teamId, role, createdAt)
      return user
    },
    admitInvited: (...wish) => invitations.admit(...wish),
  })
  const noteRefusal = createRefusals({ auditLog, clock })
  function forgetProofs(userId: string): void {
    users.savePasswordForPlatform(userId, null)
    deps.sessionStore.removeOfUserForPlatform(userId)
    deps.links.removeOfUserForPlatform(userId)
    waysIn.factors.removeAllForPlatform(userId)
    waysIn.passkeys.removeAllForPlatform(userId)
    waysIn.identities.removeAllForPlatform(userId)
  }
  const invitations = createInvitationService({
    ...deps,
    actors,
    standing,
    sessions: waysIn.sessions,
  })
  const people = createUserService({ ...deps, ...waysIn, standing, forgetProofs })

  function rootActor(): Actor {
    const root = actors.root()
    if (!root) throw new CodedError('USER_NOT_FOUND')
    return root
  }

  /** The user behind a user's or a token's request. */
  function userOf({ userId }: Actor): UserRecord {
    const user = userId === null ? undefined : users.findByIdForPlatform(userId)
    if (!user) throw new CodedError('NOT_SIGNED_IN')
    return user
  }

  return {
    ...waysIn,
    tokens,
    actors,
    people,
    teams: createTeamService(deps),
    invitations,

    /** For whatever stays open: called soon after somebody may do something else than before. */
    onChange: (listener: () => void): void => changes.onChange(listener),

    /** The id of an app that the actor sees. */
    appIdOf: (actor: Actor, name: string): string | undefined => apps.findByName(actor, name)?.id,

    /** The team of an app, whoever sees it: for root, who is in every team. */
    teamOfApp: (name: string): string | undefined => apps.findByNameForPlatform(name)?.teamId,
    teamNamed: (name: string): string | undefined => teams.findByNameForPlatform(name)?.id,

    /** Throws TOKEN_INVALID. Cheap: two rows read, no slow hash. */
    authenticateToken: (secret: string, address: string): Actor =>
      tokens.authenticate(secret, address),

    /** Who works at the console of the server: the owner of the first team. */
    rootActor,

    userOf,

    /**
     * At the first start: the team and its owner, with no password. The only way in is a sign-in
     * link made on the server (rules C10, C19). Later starts change nothing.
     */
    createFirstOwner(): void {
      if (memberships.firstOwnerForPlatform()) return
      const at = clock.now().toISOString()
      const before = teams.operatorsForPlatform()
      const teamId = before?.id ?? newId()
      const owner: UserRecord = {
        id: newId(),
        name: FIRST_OWNER,
        passwordHash: null,
        createdAt: at,
        disabledAt: null,
      }
      transact(() => {
        if (!before) teams.insertForPlatform(teamId, FIRST_TEAM, at)
        users.insertForPlatform(owner)
        memberships.insertForPlatform(owner.id, teamId, 'owner', at)
        auditLog.append({ actor: systemActor(teamId), action: 'user.create', target: owner.id })
      })
    },

    /**
     * A link for the named user, or for oneself; one that root made is asked for no second factor. Throws USER_NOT_FOUND, USER_DISABLED, PERMISSION_DENIED.
     */
    createSignInLink: (userName?: string, actor: Actor = rootActor()): SignInLink =>
      people.createSignInLink(actor, userName ?? userOf(actor).name),

    me(actor: Actor): Me {
      const user = userOf(actor)
      const all = memberships.listOfUserForPlatform(user.id)
      const here = all.find(({ teamId }) => teamId === actor.teamId)
      const team = teams.findByIdForPlatform(actor.teamId)
      const grants = [...actor.grants].flatMap(([appId, granted]) => {
        const app = apps.findById(actor, appId)
        return app?.destroyedAt === null ? [{ name: app.name, granted: [...granted] }] : []
      })
      return {
        kind: actor.kind === 'token' ? 'token' : 'user',
        name: actor.name,
        role: here?.role ?? 'owner',
        permissions: [...actor.permissions],
        grants: Object.fromEntries(grants.map(({ name, granted }) => [name, granted])),
        team: { id: actor.teamId, name: team?.name ?? '' },
        teams:
          actor.kind === 'token'
            ? []
            : all.map(({ teamId, teamName, role }) => ({ id: teamId, name: teamName, role })),
        hasPassword: user.passwordHash !== null,
        needsSecondFactor: actor.kind === 'user' && waysIn.proofs.needsSecond(actor),
      }
    },

    /** Leaves an audit event of somebody who tried what they may not (ASVS 16.3.2). */
    noteDenied(actor: Actor, permission: string, target: string): void {
      noteRefusal(actor, `denied ${permission}`, target)
    },
  }
}
export type AccessService = ReturnType<typeof createAccessService>
