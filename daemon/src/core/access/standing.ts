import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type AppRole,
  permissionsIn,
  permissionsOfGrant,
  type Role,
} from '@vastrox/shared/permissions.ts'
import type { GrantStore } from '#store/grant-store.ts'
import type { MembershipRecord, MembershipStore } from '#store/membership-store.ts'
import type { TeamStore } from '#store/team-store.ts'

interface Deps {
  teams: Pick<TeamStore, 'findByIdForPlatform'>
  memberships: MembershipStore
  grants: GrantStore
}

/** What somebody is, or is to be, in a team. */
export interface Part {
  role: Role
  grants: readonly { appId: string; role: AppRole }[]
}

/**
 * Who may decide about whom. Nobody gives what they do not have, and nobody takes it from somebody who
 * has more: an actor must have all that is given, and all that the other one has already.
 */
export function createStanding({ teams, memberships, grants }: Deps) {
  /** Throws PERMISSION_DENIED with what the actor lacks. */
  function mustHave(actor: Actor, { role, grants: granted }: Part): void {
    const isOperators = teams.findByIdForPlatform(actor.teamId)?.isOperators === true
    const limited = actor.appIds !== null && role !== 'guest'
    const lacking = permissionsIn(role, { isOperators }).find(
      (each) => !actor.permissions.has(each),
    )
    if (limited || lacking !== undefined)
      throw new CodedError('PERMISSION_DENIED', {
        permission: lacking ?? 'user.manage',
        reason: `You cannot decide about a role that has more than you have: ${role}.`,
      })
    for (const { appId, role: ofApp } of granted)
      for (const permission of permissionsOfGrant(ofApp))
        if (!mayDo(actor, permission, appId))
          throw new CodedError('PERMISSION_DENIED', {
            permission,
            reason: `You cannot grant what you do not have on that app: ${ofApp}.`,
          })
  }

  /** Somebody of the actor's team. Throws USER_NOT_FOUND. */
  function member(actor: Actor, userName: string): MembershipRecord {
    const found = memberships.list(actor).find((each) => each.userName === userName)
    if (!found) throw new CodedError('USER_NOT_FOUND')
    return found
  }

  const partOf = ({ userId, teamId, role }: MembershipRecord): Part => ({
    role,
    grants: grants.listOfMemberForPlatform(userId, teamId),
  })

  /** Somebody whose part in the team the actor may change. */
  function managed(actor: Actor, userName: string): MembershipRecord {
    mustBeAble(actor, 'user.manage')
    const found = member(actor, userName)
    mustHave(actor, partOf(found))
    return found
  }

  const isOnlyHere = (actor: Actor, userId: string): boolean =>
    memberships.listOfUserForPlatform(userId).every(({ teamId }) => teamId === actor.teamId)

  return {
    mustHave,
    member,
    managed,
    partOf,

    /**
     * Somebody whom the actor may keep out, from every team that they are in: those who run the machine
     * may, and others where there is no other team.
     */
    keptOut(actor: Actor, userName: string): MembershipRecord {
      const found = managed(actor, userName)
      const runsMachine = actor.isRoot || teams.findByIdForPlatform(actor.teamId)?.isOperators
      if (!runsMachine && !isOnlyHere(actor, found.userId))
        throw new CodedError('PERMISSION_DENIED', {
          permission: 'user.manage',
          reason: `${userName} is in other teams too: take them out of yours, or ask the operators.`,
        })
      return found
    },

    /** Somebody as whom the actor may let people in: they are in no other team than this. */
    standIn(actor: Actor, userName: string): MembershipRecord {
      const found = managed(actor, userName)
      if (!actor.isRoot && !isOnlyHere(actor, found.userId))
        throw new CodedError('PERMISSION_DENIED', {
          permission: 'user.manage',
          reason: `${userName} is in other teams too: only root on the server lets people in as them.`,
        })
      return found
    },

    /**
     * Throws LAST_OWNER where one of the teams has no owner left who can sign in. To be called inside the
     * transaction, after what would take one away.
     */
    mustKeepOwners(before: readonly MembershipRecord[]): void {
      for (const { role, teamId, teamName } of before)
        if (role === 'owner' && memberships.countOwnersForPlatform(teamId) === 0)
          throw new CodedError('LAST_OWNER', {
            reason: `The team ${teamName} would be left without an owner who can sign in.`,
          })
    },
  }
}
export type Standing = ReturnType<typeof createStanding>
