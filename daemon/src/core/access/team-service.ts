import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Team } from '@vastrox/shared/team.ts'
import type { AccessChanges } from '#core/access/access-changes.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { MembershipRecord, MembershipStore } from '#store/membership-store.ts'
import type { SessionStore } from '#store/session-store.ts'
import type { TeamStore } from '#store/team-store.ts'

interface Deps {
  teams: TeamStore
  memberships: MembershipStore
  sessionStore: Pick<SessionStore, 'setTeamForPlatform'>
  changes: AccessChanges
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

function refuse(reason: string): never {
  throw new CodedError('TEAM_NOT_EMPTY', { reason })
}

/** Each team costs little, and a program that makes them in a loop is a mistake. */
const MAX_TEAMS = 500

/** Teams own apps and what belongs to them; people are in one or several. */
export function createTeamService(deps: Deps) {
  const { teams, memberships, auditLog, clock, newId, transact } = deps

  function changed(teamId: string): void {
    deps.events.emit({ teamId, type: 'users.changed', app: null, subject: null })
    deps.changes.tell()
  }

  const show = (actor: Actor, membership: MembershipRecord): Team => ({
    id: membership.teamId,
    name: membership.teamName,
    role: membership.role,
    current: membership.teamId === actor.teamId,
    isOperators: membership.isOperators,
    createdAt: teams.findByIdForPlatform(membership.teamId)?.createdAt ?? membership.createdAt,
  })

  /** A token is in its own team, whatever teams its user is in. */
  const membershipsOf = (actor: Actor): MembershipRecord[] =>
    actor.userId === null
      ? []
      : memberships
          .listOfUserForPlatform(actor.userId)
          .filter(({ teamId }) => actor.kind === 'user' || teamId === actor.teamId)

  function mustBeFree(name: string): void {
    if (teams.findByNameForPlatform(name)) throw new CodedError('TEAM_NAME_TAKEN', { name })
  }

  /** The team that is worked in: nobody decides about another one. Throws TEAM_NOT_FOUND. */
  function own(actor: Actor, team: string) {
    const found = teams.findByIdForPlatform(actor.teamId)
    if (!found || (found.id !== team && found.name !== team))
      throw new CodedError('TEAM_NOT_FOUND', { team })
    mustBeAble(actor, 'team.manage')
    return found
  }

  return {
    list: (actor: Actor): Team[] => membershipsOf(actor).map((each) => show(actor, each)),

    /** Whoever makes it owns it. Throws TEAM_NAME_TAKEN, TEAMS_FULL. */
    create(actor: Actor, name: string): Team {
      mustBeAble(actor, 'team.create')
      const { userId } = actor
      if (userId === null) throw new CodedError('PERMISSION_DENIED', { permission: 'team.create' })
      const id = newId()
      transact(() => {
        mustBeFree(name)
        if (teams.countForPlatform() >= MAX_TEAMS) throw new CodedError('TEAMS_FULL')
        const at = clock.now().toISOString()
        teams.insertForPlatform(id, name, at)
        memberships.insertForPlatform(userId, id, 'owner', at)
        auditLog.append({ actor, action: 'team.create', target: name, details: { id } })
      })
      changed(actor.teamId)
      const made = memberships.findForPlatform(userId, id)
      if (!made) throw new CodedError('TEAM_NOT_FOUND', { team: name })
      return show(actor, made)
    },

    /** Throws TEAM_NOT_FOUND for every team but the one that is worked in, and TEAM_NAME_TAKEN. */
    rename(actor: Actor, team: string, name: string): void {
      transact(() => {
        const { name: before } = own(actor, team)
        if (before === name) return
        mustBeFree(name)
        teams.rename(actor, name)
        auditLog.append({ actor, action: 'team.rename', target: name, details: { before } })
      })
      changed(actor.teamId)
    },

    /**
     * Removes the team that is worked in, once nothing and nobody else is in it. Its owner goes on in
     * another of theirs. Throws TEAM_NOT_FOUND, TEAM_NOT_EMPTY.
     */
    remove(actor: Actor, team: string): void {
      transact(() => {
        const { name, isOperators } = own(actor, team)
        if (isOperators) refuse(`${name} is the team of the operators: it stays.`)
        const apps = teams.countApps(actor)
        if (apps > 0)
          refuse(`${name} still has ${apps === 1 ? 'an app' : `${apps} apps`}, the trash included.`)
        if (teams.countEnvGroups(actor) > 0)
          refuse(`${name} still has shared groups of env variables.`)
        if (teams.countAddons(actor) > 0) refuse(`${name} still has add-ons, the trash included.`)
        const others = memberships.list(actor).filter(({ userId }) => userId !== actor.userId)
        if (others.length > 0)
          refuse(
            `${name} still has others in it: ${others[0]?.userName ?? ''}${others.length > 1 ? ', …' : ''}.`,
          )
        const next = membershipsOf(actor).find(({ teamId }) => teamId !== actor.teamId)
        const { userId } = actor
        if (userId !== null) {
          if (!next) refuse(`You are in no other team than ${name}.`)
          else memberships.moveSessions(actor, userId, next.teamId)
        }
        // Before its rows go: afterwards the audit event belongs to nobody who could read it.
        auditLog.append({
          actor: next ? { ...actor, teamId: next.teamId } : actor,
          action: 'team.remove',
          target: name,
          details: { id: actor.teamId },
        })
        teams.remove(actor)
      })
      changed(actor.teamId)
    },

    /** The session goes on in another of the user's teams. Throws TEAM_NOT_FOUND; a token is of one team. */
    switchTo(actor: Actor, sessionId: string | null, team: string): void {
      const found = membershipsOf(actor).find(
        (each) => each.teamId === team || each.teamName === team,
      )
      if (!found) throw new CodedError('TEAM_NOT_FOUND', { team })
      if (sessionId === null) throw new CodedError('PERMISSION_DENIED')
      deps.sessionStore.setTeamForPlatform(sessionId, found.teamId)
      deps.changes.tell()
    },
  }
}
export type TeamService = ReturnType<typeof createTeamService>
