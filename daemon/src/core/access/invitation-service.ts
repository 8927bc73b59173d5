import { randomBytes } from 'node:crypto'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type {
  AcceptInvitation,
  CreatedInvitation,
  CreateInvitation,
  Grants,
  Invitation,
  ShownInvitation,
} from '@vastrox/shared/team.ts'
import type { AccessChanges } from '#core/access/access-changes.ts'
import type { Actors } from '#core/access/actors.ts'
import { mustBeStrong } from '#core/access/password-rules.ts'
import type { Client, SessionService, StartedSession } from '#core/access/session-service.ts'
import type { Standing } from '#core/access/standing.ts'
import { hashOfSecret } from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { GrantStore } from '#store/grant-store.ts'
import type { InvitationRecord, InvitationStore } from '#store/invitation-store.ts'
import type { MembershipStore } from '#store/membership-store.ts'
import type { SignInLinkStore } from '#store/sign-in-link-store.ts'
import type { TeamStore } from '#store/team-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  invitations: InvitationStore
  users: UserStore
  teams: Pick<TeamStore, 'findByIdForPlatform'>
  memberships: MembershipStore
  grants: GrantStore
  apps: Pick<AppStore, 'findByName' | 'findById'>
  actors: Actors
  standing: Standing
  sessions: Pick<SessionService, 'start'>
  links: Pick<SignInLinkStore, 'removeOfUserForPlatform'>
  hasher: PasswordHasher
  changes: AccessChanges
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  /** `https://<host>:<port>` as configured, never as a request says (rule C12). */
  dashboardUrl: () => string
}

const INVITATION_MS = 7 * 86_400_000
const SECRET_BYTES = 32
const MAX_OPEN = 200

/**
 * One-time links into a team. What is in one is looked at again when it is accepted: whoever made it
 * must still have all that it gives.
 */
export function createInvitationService(deps: Deps) {
  const { invitations, users, teams, memberships, apps, actors, standing } = deps
  const { auditLog, clock, newId, transact } = deps
  const at = (): string => clock.now().toISOString()

  const changed = (teamId: string): void => {
    deps.events.emit({ teamId, type: 'users.changed', app: null, subject: null })
    deps.changes.tell()
  }

  const nameOf = (userId: string): string => users.findByIdForPlatform(userId)?.name ?? userId

  function show(actor: Actor, invitation: InvitationRecord): Invitation {
    const named = invitation.grants.flatMap(({ appId, role }) => {
      const app = apps.findById(actor, appId)
      return app ? [[app.name, role] as const] : []
    })
    return {
      id: invitation.id,
      note: invitation.note,
      role: invitation.role,
      grants: Object.fromEntries(named),
      invitedBy: nameOf(invitation.invitedBy),
      createdAt: invitation.createdAt,
      expiresAt: invitation.expiresAt,
    }
  }

  function grantsOf(actor: Actor, wish: Grants): InvitationRecord['grants'] {
    return Object.entries(wish).map(([name, role]) => {
      const app = apps.findByName(actor, name)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name })
      return { appId: app.id, role }
    })
  }

  /** Who made it, as they are now. Throws INVITATION_INVALID where they could not make it any more. */
  function makerOf(invitation: InvitationRecord): Actor {
    const maker = actors.inTeam(invitation.invitedBy, invitation.teamId, null)
    // Root at the console stands for the owner, in teams too that the owner is not in.
    const root = actors.root(invitation.teamId)
    const actor = maker ?? (root?.userId === invitation.invitedBy ? root : undefined)
    try {
      if (!actor) throw new CodedError('INVITATION_INVALID')
      mustBeAble(actor, 'user.manage')
      standing.mustHave(actor, invitation)
      return actor
    } catch (cause) {
      throw new CodedError('INVITATION_INVALID', {}, { cause })
    }
  }

  /** Uses it up: the user is in the team, with all that was in it. */
  function join(user: UserRecord, token: string, address: string): Actor {
    const invitation = invitations.useForPlatform(hashOfSecret(token), at())
    if (!invitation) throw new CodedError('INVITATION_INVALID')
    const maker = makerOf(invitation)
    const { teamId, role } = invitation
    if (memberships.findForPlatform(user.id, teamId)) throw new CodedError('MEMBER_ALREADY')
    memberships.insertForPlatform(user.id, teamId, role, at())
    // Handed out while they were nobody here: whoever has one must not come in as who they are now.
    deps.links.removeOfUserForPlatform(user.id)
    for (const grant of invitation.grants)
      if (apps.findById(maker, grant.appId))
        deps.grants.save(maker, user.id, grant.appId, grant.role, at())
    const joined = actors.inTeam(user.id, teamId, address)
    if (!joined) throw new CodedError('USER_DISABLED')
    auditLog.append({
      actor: joined,
      action: 'invitation.accept',
      target: invitation.id,
      details: { role, invitedBy: nameOf(invitation.invitedBy) },
    })
    return joined
  }

  return {
    list(actor: Actor): Invitation[] {
      mustBeAble(actor, 'user.manage')
      return invitations.list(actor, at()).map((each) => show(actor, each))
    },

    /** Throws APP_NOT_FOUND, INVITATIONS_FULL, and PERMISSION_DENIED where it gives more than the actor has. */
    create(actor: Actor, { note, role, grants: wish }: CreateInvitation): CreatedInvitation {
      mustBeAble(actor, 'user.manage')
      const { userId: invitedBy } = actor
      if (invitedBy === null)
        throw new CodedError('PERMISSION_DENIED', { permission: 'user.manage' })
      const given = grantsOf(actor, wish)
      standing.mustHave(actor, { role, grants: given })
      const token = randomBytes(SECRET_BYTES).toString('base64url')
      const now = clock.now()
      const invitation: InvitationRecord = {
        id: newId(),
        teamId: actor.teamId,
        tokenHash: hashOfSecret(token),
        note,
        role,
        grants: given,
        invitedBy,
        createdAt: now.toISOString(),
        expiresAt: new Date(now.getTime() + INVITATION_MS).toISOString(),
      }
      transact(() => {
        invitations.removeExpiredForPlatform(now.toISOString())
        if (invitations.list(actor, now.toISOString()).length >= MAX_OPEN)
          throw new CodedError('INVITATIONS_FULL')
        invitations.insertForPlatform(invitation)
        auditLog.append({
          actor,
          action: 'invitation.create',
          target: invitation.id,
          details: { note, role, grants: wish },
        })
      })
      changed(actor.teamId)
      return { ...show(actor, invitation), url: `${deps.dashboardUrl()}/invitation/${token}` }
    },

    /** From now on its link is good for nothing. Throws INVITATION_NOT_FOUND. */
    revoke(actor: Actor, id: string): void {
      mustBeAble(actor, 'user.manage')
      transact(() => {
        if (!invitations.remove(actor, id)) throw new CodedError('INVITATION_NOT_FOUND')
        auditLog.append({ actor, action: 'invitation.revoke', target: id })
      })
      changed(actor.teamId)
    },

    /** What whoever holds the link is asked to accept. Throws INVITATION_INVALID. */
    look(token: string): ShownInvitation {
      const invitation = invitations.findForPlatform(hashOfSecret(token), at())
      if (!invitation) throw new CodedError('INVITATION_INVALID')
      const shown = show(makerOf(invitation), invitation)
      return {
        team: teams.findByIdForPlatform(invitation.teamId)?.name ?? '',
        role: shown.role,
        apps: Object.keys(shown.grants),
        invitedBy: shown.invitedBy,
        expiresAt: shown.expiresAt,
      }
    },

    /**
     * Makes the user and signs them in. Throws INVITATION_INVALID, and with the link still good
     * PASSWORD_TOO_WEAK and USER_NAME_TAKEN.
     */
    async accept(wish: AcceptInvitation, client: Client): Promise<StartedSession> {
      const { token, name, password } = wish
      // First: whoever has no invitation learns nothing of who is here, and makes nobody hash.
      if (!invitations.findForPlatform(hashOfSecret(token), at()))
        throw new CodedError('INVITATION_INVALID')
      mustBeStrong(password, name)
      const isTaken = (): boolean => users.findByNameForPlatform(name) !== undefined
      if (isTaken()) throw new CodedError('USER_NAME_TAKEN', { name })
      const passwordHash = await deps.hasher.hash(password)
      const { started, teamId } = transact(() => {
        if (isTaken()) throw new CodedError('USER_NAME_TAKEN', { name })
        const user: UserRecord = {
          id: newId(),
          name,
          passwordHash,
          createdAt: at(),
          disabledAt: null,
        }
        users.insertForPlatform(user)
        const joined = join(user, token, client.address)
        return { started: deps.sessions.start(user, 'password', client), teamId: joined.teamId }
      })
      changed(teamId)
      return started
    },

    /**
     * Makes a user without a password, whom a provider has named; called inside the transaction that
     * links them. Throws INVITATION_INVALID.
     */
    admit(token: string, name: string, address: string): UserRecord {
      const user = { id: newId(), name, passwordHash: null, createdAt: at(), disabledAt: null }
      users.insertForPlatform(user)
      changed(join(user, token, address).teamId)
      return user
    },

    /** Who is signed in joins the team besides. Throws INVITATION_INVALID, MEMBER_ALREADY. */
    joinAs(actor: Actor, token: string): { teamId: string } {
      if (!invitations.findForPlatform(hashOfSecret(token), at()))
        throw new CodedError('INVITATION_INVALID')
      const user = actor.userId === null ? undefined : users.findByIdForPlatform(actor.userId)
      if (!user || actor.kind !== 'user') throw new CodedError('PERMISSION_DENIED')
      const { teamId } = transact(() => join(user, token, actor.address ?? ''))
      changed(teamId)
      return { teamId }
    },
  }
}
export type InvitationService = ReturnType<typeof createInvitationService>
