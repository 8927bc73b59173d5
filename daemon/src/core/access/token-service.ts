import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  DEPLOY_TOKEN_PERMISSIONS,
  type Permission,
  ROLE_PERMISSIONS,
} from '@vastrox/shared/permissions.ts'
import type { ApiToken, CreatedToken, CreateToken } from '@vastrox/shared/user.ts'
import {
  hashOfSecret,
  hintOfTokenSecret,
  kindOfTokenSecret,
  newTokenSecret,
} from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { TokenRecord, TokenStore } from '#store/token-store.ts'
import type { UserStore } from '#store/user-store.ts'

interface Deps {
  tokens: TokenStore
  users: UserStore
  apps: Pick<AppStore, 'findByName' | 'findById'>
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const DAY_MS = 86_400_000
/** Rows are written at most once a minute for being used. */
const TOUCH_MS = 60_000

/** API tokens: high-entropy, kept hashed, shown once, never more able than the user they belong to. */
export function createTokenService(deps: Deps) {
  const { tokens, users, apps, auditLog, events, clock, newId, transact } = deps
  const now = (): number => clock.now().getTime()

  const isExpired = ({ expiresAt }: TokenRecord): boolean =>
    expiresAt !== null && Date.parse(expiresAt) <= now()

  const changed = ({ teamId }: Actor): void =>
    events.emit({ teamId, type: 'tokens.changed', app: null, subject: null })

  /** A token that makes a token makes it for its own user. */
  function userIdOf(actor: Actor): string {
    if (actor.kind === 'user') return actor.id
    const userId = tokens.list(actor).find(({ id }) => id === actor.id)?.userId
    if (userId === undefined) throw new CodedError('PERMISSION_DENIED')
    return userId
  }

  function appIdsOf(actor: Actor, names: readonly string[] | null | undefined): string[] | null {
    if (!names) return actor.appIds && [...actor.appIds]
    return names.map((name) => {
      const app = apps.findByName(actor, name)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name })
      return app.id
    })
  }

  const toApiToken = (actor: Actor, token: TokenRecord): ApiToken => ({
    id: token.id,
    name: token.name,
    kind: token.kind,
    hint: token.hint,
    permissions: token.permissions,
    apps: token.appIds?.map((id) => apps.findById(actor, id)?.name ?? id) ?? null,
    createdAt: token.createdAt,
    expiresAt: token.expiresAt,
    lastUsedAt: token.lastUsedAt,
  })

  return {
    /**
     * Who holds this token. Throws TOKEN_INVALID. What is written as our tokens are, checksum and all, was
     * made here or elsewhere and has expired or been revoked since (`wasMade` in the details): its 178
     * bits are guessed by nobody, and a typing error does not have the checksum.
     */
    authenticate(secret: string, address: string): Actor {
      if (!kindOfTokenSecret(secret)) throw new CodedError('TOKEN_INVALID')
      const token = tokens.findByHashForPlatform(hashOfSecret(secret))
      const user = token && users.findByIdForPlatform(token.userId)
      if (!token || !user || isExpired(token))
        throw new CodedError('TOKEN_INVALID', { wasMade: true })

      if (token.lastUsedAt === null || now() - Date.parse(token.lastUsedAt) >= TOUCH_MS)
        tokens.touchForPlatform(token.id, clock.now().toISOString())
      const ofRole = new Set(ROLE_PERMISSIONS[user.role])
      return {
        kind: 'token',
        id: token.id,
        name: `token ${token.name}`,
        teamId: token.teamId,
        permissions: new Set(token.permissions.filter((permission) => ofRole.has(permission))),
        appIds: token.appIds && new Set(token.appIds),
        address,
      }
    },

    list: (actor: Actor): ApiToken[] => tokens.list(actor).map((token) => toApiToken(actor, token)),

    /** Gives no more than its maker has: neither permissions nor apps. */
    create(actor: Actor, wish: CreateToken): CreatedToken {
      const permissions = permissionsOf(actor, wish)
      for (const permission of permissions) mustBeAble(actor, permission)
      const secret = newTokenSecret(wish.kind)
      const { expiresInDays: days } = wish
      const token: TokenRecord = {
        id: newId(),
        teamId: actor.teamId,
        userId: userIdOf(actor),
        name: wish.name,
        kind: wish.kind,
        tokenHash: hashOfSecret(secret),
        hint: hintOfTokenSecret(wish.kind, secret),
        permissions,
        appIds: appIdsOf(actor, wish.apps),
        createdAt: clock.now().toISOString(),
        expiresAt: days === null ? null : new Date(now() + days * DAY_MS).toISOString(),
        lastUsedAt: null,
      }
      transact(() => {
        tokens.insertForPlatform(token)
        auditLog.append({
          actor,
          action: 'token.create',
          target: token.id,
          details: { name: token.name, kind: token.kind, permissions, apps: wish.apps ?? null },
        })
      })
      changed(actor)
      return { ...toApiToken(actor, token), token: secret }
    },

    /** From now on nobody gets in with it. Throws TOKEN_NOT_FOUND. */
    revoke(actor: Actor, id: string): void {
      transact(() => {
        const name = tokens.remove(actor, id)
        if (name === undefined) throw new CodedError('TOKEN_NOT_FOUND')
        auditLog.append({ actor, action: 'token.revoke', target: id, details: { name } })
      })
      changed(actor)
    },
  }
}
export type TokenService = ReturnType<typeof createTokenService>

function permissionsOf(actor: Actor, { kind, permissions }: CreateToken): Permission[] {
  const all = kind === 'deploy' ? DEPLOY_TOKEN_PERMISSIONS : [...actor.permissions]
  const beyond = permissions?.find((permission) => !all.includes(permission))
  if (beyond !== undefined) throw new CodedError('PERMISSION_DENIED', { permission: beyond })
  return [...(permissions ?? all)]
}
