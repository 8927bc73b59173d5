import { CodedError } from './errors.ts'
import type { Permission } from './permissions.ts'

/** What somebody came in by; the audit log names it. */
export interface Via {
  kind: 'session' | 'token' | 'key' | 'password'
  id: string
  /** When it ends by itself; nothing where it does not, or is not known. */
  endsAt?: string | null
}

/** The user, token or key behind a request; `system` is the platform itself. */
export interface Actor {
  kind: 'user' | 'token' | 'system'
  id: string
  /** As people would call it: "anna", "token ci". */
  name: string
  teamId: string
  permissions: ReadonlySet<Permission>
  /** The apps it is limited to, by id; null means every app of the team. */
  appIds: ReadonlySet<string> | null
  /** Where the request came from; null for the platform itself. */
  address: string | null
  /** Nothing for the platform itself, and for root at the console of the server. */
  via?: Via | undefined
}

/** True when the actor may do it, to this app where one is given. */
export const mayDo = (actor: Actor, permission: Permission, appId?: string): boolean =>
  actor.permissions.has(permission) &&
  (appId === undefined || actor.appIds === null || actor.appIds.has(appId))

/** Throws PERMISSION_DENIED unless the actor may. */
export function mustBeAble(actor: Actor, permission: Permission, appId?: string): void {
  if (!mayDo(actor, permission, appId)) throw new CodedError('PERMISSION_DENIED', { permission })
}
