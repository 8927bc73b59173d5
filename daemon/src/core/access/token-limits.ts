import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { DEPLOY_TOKEN_PERMISSIONS, type Permission } from '@vastrox/shared/permissions.ts'
import type { CreateToken } from '@vastrox/shared/token.ts'
import type { TokenRecord } from '#store/token-store.ts'

/**
 * What a new token may do: never more than its maker. Throws PERMISSION_DENIED, and REQUEST_INVALID
 * for a deploy token that is not for exactly one app.
 */
export function permissionsOf(
  actor: Actor,
  { kind, permissions, apps }: CreateToken,
): Permission[] {
  if (kind === 'deploy' && apps?.length !== 1)
    throw new CodedError('REQUEST_INVALID', { reason: 'A deploy token is for one app: name it.' })
  const all = kind === 'deploy' ? DEPLOY_TOKEN_PERMISSIONS : [...actor.permissions]
  const beyond = permissions?.find((permission) => !all.includes(permission))
  if (beyond !== undefined) throw new CodedError('PERMISSION_DENIED', { permission: beyond })
  const wanted = [...new Set(permissions ?? all)]
  mustHave(actor, wanted)
  return wanted
}

/** Whatever apps it is about: those are looked at apart. */
function mustHave(actor: Actor, permissions: readonly Permission[]): void {
  const lacking = permissions.find((permission) => !actor.permissions.has(permission))
  if (lacking !== undefined) throw new CodedError('PERMISSION_DENIED', { permission: lacking })
}

/** A token that is bound to networks makes tokens that are bound to the same ones. */
export function networksOf(
  { via }: Actor,
  wish: readonly string[] | null | undefined,
): string[] | null {
  const bound = via?.networks ?? null
  if (bound === null) return wish ? [...new Set(wish)] : null
  if (wish === null || wish?.some((network) => !bound.includes(network)))
    throw new CodedError('PERMISSION_DENIED', {
      reason: `Your own token may come from ${bound.join(', ')} only, and so may the tokens it makes.`,
    })
  return [...new Set(wish ?? bound)]
}

/** No token and no key outlives what it was made by, or that would never end. */
export function endOf({ via }: Actor, wanted: string | null): string | null {
  const end = via?.endsAt ?? null
  if (end === null) return wanted
  return wanted === null || wanted > end ? end : wanted
}

/** A key is bound to no network: whoever is, must not make one. Throws PERMISSION_DENIED. */
export function mustComeFromAnywhere({ via }: Actor): void {
  if (via?.networks)
    throw new CodedError('PERMISSION_DENIED', {
      reason: `Your token may come from ${via.networks.join(', ')} only; a key could come from anywhere.`,
    })
}

/**
 * A rotation gives its secret to who asks: only to the token's own user, only where they may do all
 * that it may, and no token that may come from elsewhere. Throws TOKEN_NOT_YOURS and PERMISSION_DENIED.
 */
export function mustBeAbleToRotate(actor: Actor, userId: string, token: TokenRecord): void {
  if (token.userId !== userId) throw new CodedError('TOKEN_NOT_YOURS')
  mustHave(actor, token.permissions)
  networksOf(actor, token.networks)
  if (actor.appIds === null) return
  const { appIds } = actor
  if (token.appIds === null || token.appIds.some((id) => !appIds.has(id)))
    throw new CodedError('PERMISSION_DENIED')
}
