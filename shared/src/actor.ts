import { CodedError } from './errors.ts'
import { type Access, APP_PERMISSIONS, type Permission } from './permissions.ts'

/** What somebody came in by; the audit log names it. */
export interface Via {
  kind: 'session' | 'token' | 'key' | 'password'
  id: string
  /** When it ends by itself: what is made by it ends no later. Nothing where it does not. */
  endsAt?: string | null
  /** The networks that it may come from: so may what is made by it. Nothing where from any. */
  networks?: readonly string[] | null
}

/** The user, token or key behind a request; `system` is the platform itself. */
export interface Actor {
  kind: 'user' | 'token' | 'system'
  id: string
  /** As people would call it: "anna", "token ci". */
  name: string
  /** The person behind it, by a session, a key or a token; null where there is none. */
  userId: string | null
  teamId: string
  /** On every app that it sees, and in the team. */
  permissions: ReadonlySet<Permission>
  /** The apps that it sees, by id; null means every app of the team. */
  appIds: ReadonlySet<string> | null
  /** What it may do besides on single apps, by their ids. */
  grants: ReadonlyMap<string, ReadonlySet<Permission>>
  /** Where the request came from; null for the platform itself. */
  address: string | null
  /** Nothing for the platform itself, and for root at the console of the server. */
  via?: Via | undefined
  /** At the console of the server: root may do all that there is to do. */
  isRoot?: true
}

export const NO_GRANTS: Actor['grants'] = new Map()

/** Somebody who sees only some apps has nothing to do with the team, but keys of their own. */
const isOfOneself = (actor: Actor, permission: Permission): boolean =>
  actor.kind === 'user' && permission === 'key.manage'

/** True when the actor sees the app, as far as it is one of its team. */
export const sees = ({ appIds }: Actor, appId: string): boolean =>
  appIds === null || appIds.has(appId)

/** True when the actor may do it, to this app where one is given. */
export function mayDo(actor: Actor, permission: Permission, appId?: string): boolean {
  if (appId !== undefined)
    return (
      sees(actor, appId) &&
      (actor.permissions.has(permission) || actor.grants.get(appId)?.has(permission) === true)
    )
  const isOfApps = APP_PERMISSIONS.has(permission) || isOfOneself(actor, permission)
  return actor.permissions.has(permission) && (actor.appIds === null || isOfApps)
}

/** True when there may be an app to which the actor may do it. */
export const maySomewhere = (actor: Actor, permission: Permission): boolean =>
  actor.permissions.has(permission) ||
  [...actor.grants].some(([appId, granted]) => sees(actor, appId) && granted.has(permission))

/** Throws PERMISSION_DENIED unless the actor may. */
export function mustBeAble(actor: Actor, permission: Permission, appId?: string): void {
  if (!mayDo(actor, permission, appId)) throw new CodedError('PERMISSION_DENIED', { permission })
}

/**
 * The one answer of every way in, before anything is done. `appId` is the app that is meant, where the
 * actor sees one of that name: of one that is not there it learns no more than of one it cannot see.
 */
export function mayReach(
  actor: Actor,
  { permission, scope, filtered }: Access,
  appId: string | undefined,
): boolean {
  if (permission === 'public' || permission === 'signed-in') return true
  if (scope === 'app')
    return appId === undefined ? maySomewhere(actor, permission) : mayDo(actor, permission, appId)
  if (filtered) return maySomewhere(actor, permission)
  return (
    actor.permissions.has(permission) && (actor.appIds === null || isOfOneself(actor, permission))
  )
}

/** The same actor with no more than this: for tokens, which never have more than their user. */
export function narrowed(
  actor: Actor,
  permissions: readonly Permission[],
  appIds: readonly string[] | null,
): Actor {
  const within = appIds && new Set(appIds)
  const both = within && actor.appIds ? common(within, actor.appIds) : (within ?? actor.appIds)
  const only = (all: ReadonlySet<Permission>): Set<Permission> => common(new Set(permissions), all)
  return {
    ...actor,
    permissions: only(actor.permissions),
    appIds: both,
    grants: new Map(
      [...actor.grants]
        .filter(([appId]) => both === null || both.has(appId))
        .map(([appId, granted]) => [appId, only(granted)] as const),
    ),
  }
}

const common = <Item>(some: ReadonlySet<Item>, others: ReadonlySet<Item>): Set<Item> =>
  new Set([...some].filter((each) => others.has(each)))

const isAllIn = <Item>(some: ReadonlySet<Item>, all: ReadonlySet<Item>): boolean =>
  [...some].every((each) => all.has(each))

/** True when the actor may do all that the other one may, so that it can give it or take it away. */
export function covers(actor: Actor, other: Actor): boolean {
  if (actor.teamId !== other.teamId) return false
  if (actor.appIds !== null && (other.appIds === null || !isAllIn(other.appIds, actor.appIds)))
    return false
  if (!isAllIn(other.permissions, actor.permissions)) return false
  return [...other.grants].every(([appId, granted]) =>
    [...granted].every((each) => mayDo(actor, each, appId)),
  )
}

/** True when both may do the same: what was begun by one goes on as the other. */
export const isSameReach = (one: Actor, other: Actor): boolean =>
  one.id === other.id && covers(one, other) && covers(other, one)
