import { type Actor, mayDo, NO_GRANTS } from '@vastrox/shared/actor.ts'
import { Permission, permissionsIn, permissionsOfGrant } from '@vastrox/shared/permissions.ts'
import type { GrantStore } from '#store/grant-store.ts'
import type { MembershipRecord, MembershipStore } from '#store/membership-store.ts'

interface Deps {
  memberships: MembershipStore
  grants: GrantStore
}

/**
 * Who somebody is, and what they may do now: the one place where users, memberships, roles and
 * grants become an actor, whichever way they come in by.
 */
export function createActors({ memberships, grants }: Deps) {
  function actorOf(membership: MembershipRecord, address: string | null): Actor {
    const { userId, userName, teamId, role } = membership
    const granted = grants.listOfMemberForPlatform(userId, teamId)
    return {
      kind: 'user',
      id: userId,
      name: userName,
      userId,
      teamId,
      permissions: new Set(permissionsIn(role, membership)),
      appIds: role === 'guest' ? new Set(granted.map(({ appId }) => appId)) : null,
      grants:
        granted.length === 0
          ? NO_GRANTS
          : new Map(granted.map((each) => [each.appId, new Set(permissionsOfGrant(each.role))])),
      address,
    }
  }

  const usable = (membership: MembershipRecord | undefined): MembershipRecord | undefined =>
    membership?.isDisabled === false ? membership : undefined

  function inTeam(userId: string, teamId: string, address: string | null): Actor | undefined {
    const membership = usable(memberships.findForPlatform(userId, teamId))
    return membership && actorOf(membership, address)
  }

  return {
    /** undefined for whoever is not in the team, or is disabled: nothing that is theirs lets them in. */
    inTeam,

    /** Whether a user may do it to an app now, for what they have left behind, such as a password. */
    mayNow(userId: string, app: { id: string; teamId: string }, permission: Permission): boolean {
      const actor = inTeam(userId, app.teamId, null)
      return actor !== undefined && mayDo(actor, permission, app.id)
    },

    /** In the team that they joined first, for whoever has not said which. */
    atHome(userId: string, address: string | null): Actor | undefined {
      const membership = usable(memberships.listOfUserForPlatform(userId)[0])
      return membership && actorOf(membership, address)
    },

    /** For what is written down about somebody who has not got in: they may do nothing. */
    named: ({ id, name }: { id: string; name: string }, address: string | null): Actor => ({
      kind: 'user',
      id,
      name,
      userId: id,
      teamId: memberships.listOfUserForPlatform(id)[0]?.teamId ?? '',
      permissions: new Set(),
      appIds: new Set(),
      grants: NO_GRANTS,
      address,
    }),

    /** Who works at the console of the server, in that team: undefined before there is an owner. */
    root(teamId?: string): Actor | undefined {
      const owner = memberships.firstOwnerForPlatform()
      return (
        owner && {
          ...actorOf(owner, null),
          name: 'root on this server',
          teamId: teamId ?? owner.teamId,
          permissions: new Set(Permission.options),
          isRoot: true,
        }
      )
    },
  }
}
export type Actors = ReturnType<typeof createActors>
