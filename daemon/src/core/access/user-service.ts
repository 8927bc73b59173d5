import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppRole } from '@vastrox/shared/permissions.ts'
import type { ChangeUser } from '@vastrox/shared/team.ts'
import type { Session, User } from '@vastrox/shared/user.ts'
import type { AccessChanges } from '#core/access/access-changes.ts'
import type { SessionService } from '#core/access/session-service.ts'
import type { SignInLink, SignInService } from '#core/access/sign-in-service.ts'
import type { Standing } from '#core/access/standing.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { GrantStore } from '#store/grant-store.ts'
import type { MembershipRecord, MembershipStore } from '#store/membership-store.ts'
import type { SessionStore } from '#store/session-store.ts'
import type { SignInLinkStore } from '#store/sign-in-link-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  users: UserStore
  memberships: MembershipStore
  grants: GrantStore
  apps: Pick<AppStore, 'findByName'>
  sessionStore: SessionStore
  links: SignInLinkStore
  sessions: SessionService
  signIn: Pick<SignInService, 'createLink'>
  standing: Standing
  /** Whatever a user proves with who they are, and every session: gone. */
  forgetProofs: (userId: string) => void
  changes: AccessChanges
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
}

/** The people of a team: what they are in it, whether they may sign in, and where they are signed in. */
export function createUserService(deps: Deps) {
  const { users, memberships, grants, standing, sessions, auditLog, clock, transact } = deps

  function changed({ teamId }: Actor): void {
    deps.events.emit({ teamId, type: 'users.changed', app: null, subject: null })
    deps.changes.tell()
  }

  function recordOf(userId: string): UserRecord {
    const user = users.findByIdForPlatform(userId)
    if (!user) throw new CodedError('USER_NOT_FOUND')
    return user
  }

  function show(membership: MembershipRecord): User {
    const user = recordOf(membership.userId)
    const granted = grants.listOfMemberForPlatform(membership.userId, membership.teamId)
    return {
      id: user.id,
      name: user.name,
      role: membership.role,
      grants: Object.fromEntries(granted.map(({ appName, role }) => [appName, role])),
      hasPassword: user.passwordHash !== null,
      disabledAt: user.disabledAt,
      createdAt: membership.createdAt,
    }
  }

  /** Throws APP_NOT_FOUND. */
  function grantsOf(actor: Actor, wish: ChangeUser['grants']) {
    return Object.entries(wish ?? {}).map(([name, role]) => {
      const app = deps.apps.findByName(actor, name)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name })
      return { appId: app.id, name, role }
    })
  }

  function changePart(actor: Actor, userName: string, wish: ChangeUser): void {
    const member = standing.managed(actor, userName)
    const wanted = grantsOf(actor, wish.grants)
    const role = wish.role ?? member.role
    const given = wanted.flatMap(({ appId, role: as }) => (as === null ? [] : { appId, role: as }))
    standing.mustHave(actor, { role, grants: given })
    if (role !== member.role) memberships.saveRole(actor, member.userId, role)
    for (const { appId, role: as } of wanted) applyGrant(actor, member.userId, appId, as)
    standing.mustKeepOwners([member])
    // What was handed out while they had less must not open more.
    deps.links.removeOfUserForPlatform(member.userId)
    auditLog.append({
      actor,
      action: 'user.change',
      target: userName,
      details: {
        ...(role !== member.role && { role, before: member.role }),
        ...(wanted.length > 0 && { grants: wish.grants }),
      },
    })
  }

  function applyGrant(actor: Actor, userId: string, appId: string, role: AppRole | null): void {
    if (role === null) grants.remove(actor, userId, appId)
    else grants.save(actor, userId, appId, role, clock.now().toISOString())
  }

  function setDisabled(actor: Actor, userName: string, disabled: boolean): void {
    const member = standing.keptOut(actor, userName)
    if (member.isDisabled === disabled) return
    const before = memberships.listOfUserForPlatform(member.userId)
    users.saveDisabledForPlatform(member.userId, disabled ? clock.now().toISOString() : null)
    standing.mustKeepOwners(before)
    if (disabled) {
      deps.sessionStore.removeOfUserForPlatform(member.userId)
      deps.links.removeOfUserForPlatform(member.userId)
    }
    auditLog.append({
      actor,
      action: disabled ? 'user.disable' : 'user.enable',
      target: userName,
    })
  }

  return {
    /** By name. */
    list(actor: Actor): User[] {
      mustBeAble(actor, 'user.manage')
      return memberships.list(actor).map(show)
    },

    /**
     * Changes a role, grants on apps, and whether somebody may sign in: all of it or nothing. It counts
     * from this moment, for what is open too. Throws USER_NOT_FOUND, APP_NOT_FOUND, LAST_OWNER, and
     * PERMISSION_DENIED where it is more than the actor has.
     */
    change(actor: Actor, userName: string, wish: ChangeUser): User {
      const shown = transact(() => {
        standing.managed(actor, userName)
        if (wish.role !== undefined || Object.keys(wish.grants ?? {}).length > 0)
          changePart(actor, userName, wish)
        if (wish.disabled !== undefined) setDisabled(actor, userName, wish.disabled)
        return show(standing.member(actor, userName))
      })
      changed(actor)
      return shown
    },

    /**
     * Takes somebody out of the team: their tokens and keys of it go, what they made stays. Who is in no
     * other team is no user any more. Throws USER_NOT_FOUND, LAST_OWNER.
     */
    remove(actor: Actor, userName: string): void {
      transact(() => {
        const member = standing.managed(actor, userName)
        const { userId } = member
        const other = memberships
          .listOfUserForPlatform(userId)
          .find(({ teamId }) => teamId !== actor.teamId)
        memberships.remove(actor, userId)
        standing.mustKeepOwners([member])
        if (other) memberships.moveSessions(actor, userId, other.teamId)
        else users.removeForPlatform(userId)
        auditLog.append({
          actor,
          action: 'user.remove',
          target: userName,
          details: { role: member.role, isGone: other === undefined },
        })
      })
      changed(actor)
    },

    /** Where somebody of the team is signed in. */
    listSessions(actor: Actor, userName: string): Session[] {
      const { userId } = standing.keptOut(actor, userName)
      return sessions.listOf(userId)
    },

    /** Ends one of somebody's sign-ins, or all. Throws SESSION_NOT_FOUND. */
    endSessions(actor: Actor, userName: string, sessionId?: string): void {
      transact(() => {
        const { userId } = standing.keptOut(actor, userName)
        const meant = sessions.listOf(userId).filter(({ id }) => id === (sessionId ?? id))
        if (sessionId !== undefined && meant.length === 0) throw new CodedError('SESSION_NOT_FOUND')
        for (const { id } of meant) deps.sessionStore.removeForPlatform(id)
        if (sessionId === undefined) deps.links.removeOfUserForPlatform(userId)
        auditLog.append({
          actor,
          action: 'user.end-sessions',
          target: userName,
          details: { ended: meant.length },
        })
      })
      changed(actor)
    },

    /** A link that signs somebody of the team in once. Throws USER_NOT_FOUND, USER_DISABLED. */
    createSignInLink(actor: Actor, userName: string): SignInLink {
      const user = actor.isRoot
        ? users.findByNameForPlatform(userName)
        : recordOf(standing.standIn(actor, userName).userId)
      if (!user) throw new CodedError('USER_NOT_FOUND')
      if (user.disabledAt !== null) throw new CodedError('USER_DISABLED')
      return deps.signIn.createLink(actor, user, { passesSecondStep: actor.isRoot === true })
    },

    /**
     * For whoever has lost every way in, by root at the console: nothing that proved them before counts any
     * more, and the link is the only way in. Throws USER_NOT_FOUND, USER_DISABLED.
     */
    reset(actor: Actor, userName: string): SignInLink {
      if (!actor.isRoot) throw new CodedError('PERMISSION_DENIED', { permission: 'user.manage' })
      const user = users.findByNameForPlatform(userName)
      if (!user) throw new CodedError('USER_NOT_FOUND')
      if (user.disabledAt !== null) throw new CodedError('USER_DISABLED')
      const link = transact(() => {
        deps.forgetProofs(user.id)
        auditLog.append({ actor, action: 'user.reset', target: userName })
        return deps.signIn.createLink(actor, user, { passesSecondStep: true })
      })
      changed(actor)
      return link
    },
  }
}
export type UserService = ReturnType<typeof createUserService>
