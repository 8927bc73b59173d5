import { type Actor, narrowed, NO_GRANTS } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type ApiToken,
  type CreatedToken,
  type CreateToken,
  REMIND_MS,
  type RotateToken,
} from '@vastrox/shared/token.ts'
import type { Actors } from '#core/access/actors.ts'
import { endOf, mustBeAbleToRotate, networksOf, permissionsOf } from '#core/access/token-limits.ts'
import {
  hashOfSecret,
  hintOfTokenSecret,
  kindOfTokenSecret,
  newTokenSecret,
} from '#core/access/token-secret.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createAddressList } from '#lib/address-list.ts'
import { networkOf } from '#lib/network-of.ts'
import { createOncePer } from '#lib/once-per.ts'
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
  actors: Actors
  apps: Pick<AppStore, 'findByName' | 'findById'>
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Rows are written at most once a minute for being used, at once from another address. */
const TOUCH_MS = 60_000
/** One row for what something asks again and again with a token of last year. */
const REFUSED_AGAIN_MS = 600_000
/** So long a revoked token is known, and its use is told of. */
const KNOWN_REVOKED_MS = 365 * DAY_MS
const MAX_TOKENS = 500

/** API tokens: high-entropy, kept hashed, shown once, never more able than the user they belong to. */
export function createTokenService(deps: Deps) {
  const { tokens, users, actors, apps, auditLog, events, clock, newId, transact } = deps
  const refusedAgain = createOncePer(clock, REFUSED_AGAIN_MS)
  const now = (): number => clock.now().getTime()
  const isOver = (at: string | null): boolean => at !== null && Date.parse(at) <= now()
  const after = (days: number | null): string | null =>
    days === null ? null : new Date(now() + days * DAY_MS).toISOString()

  const changed = ({ teamId }: Pick<Actor, 'teamId'>): void =>
    events.emit({ teamId, type: 'tokens.changed', app: null, subject: null })

  /** A token that makes a token makes it for its own user. */
  function userIdOf(actor: Actor): string {
    if (actor.userId === null) throw new CodedError('PERMISSION_DENIED')
    return actor.userId
  }

  /** Root at the console works in teams that its user is not in: a token of theirs would let nobody in. */
  function mustBeInTeam({ name, teamId }: Actor, userId: string): void {
    if (!actors.inTeam(userId, teamId, null))
      throw new CodedError('PERMISSION_DENIED', {
        reason: `A token is of a person in the team, and ${name} is none: ask one of them.`,
      })
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
    user: users.findByIdForPlatform(token.userId)?.name ?? token.userId,
    permissions: token.permissions,
    apps: token.appIds?.map((id) => apps.findById(actor, id)?.name ?? id) ?? null,
    networks: token.networks,
    createdAt: token.createdAt,
    expiresAt: token.expiresAt,
    lastUsedAt: token.lastUsedAt,
    lastUsedAddress: token.lastUsedAddress,
    rotatedAt: token.rotatedAt,
    previousUntil: isOver(token.previousUntil) ? null : token.previousUntil,
  })

  /** Why a token that is known lets nobody in now; undefined where it does. */
  function whyNot(
    token: TokenRecord,
    user: Actor | undefined,
    hash: string,
    address: string,
  ): string | undefined {
    if (token.revokedAt !== null) return `That token was revoked on ${dayOf(token.revokedAt)}.`
    if (token.expiresAt !== null && isOver(token.expiresAt))
      return `That token expired on ${dayOf(token.expiresAt)}.`
    if (token.tokenHash !== hash && isOver(token.previousUntil))
      return 'That token was rotated: use the secret that was made then.'
    if (!user) return 'The user that token belongs to may not sign in.'
    if (token.networks && !createAddressList(token.networks).has(address))
      return `That token may not be used from ${address}.`
    return undefined
  }

  function actorFor(token: TokenRecord, user: Actor | undefined, address: string): Actor {
    const may = user
      ? narrowed(user, token.permissions, token.appIds)
      : { permissions: new Set<never>(), appIds: new Set<string>(), grants: NO_GRANTS }
    return {
      ...may,
      kind: 'token',
      id: token.id,
      name: `token ${token.name}`,
      userId: token.userId,
      teamId: token.teamId,
      address,
      via: { kind: 'token', id: token.id, endsAt: token.expiresAt, networks: token.networks },
    }
  }

  function noteUse(token: TokenRecord, address: string): void {
    const isFresh = token.lastUsedAt !== null && now() - Date.parse(token.lastUsedAt) < TOUCH_MS
    if (isFresh && token.lastUsedAddress === address) return
    tokens.touchForPlatform(token.id, clock.now().toISOString(), address)
  }

  function noteRefused(token: TokenRecord, reason: string, address: string): void {
    if (!refusedAgain(`${token.id} ${reason} ${networkOf(address)}`)) return
    auditLog.append({
      actor: actorFor(token, undefined, address),
      action: 'token.use',
      target: token.id,
      result: 'denied',
      details: { name: token.name, reason },
    })
  }

  return {
    /**
     * Who holds this token. Throws TOKEN_INVALID, without a look at any row for what was mistyped or
     * cut short. What is written as our tokens are, checksum and all, was made here or elsewhere and
     * has expired or been revoked since (`wasMade` in the details): its 178 bits are guessed by
     * nobody, and a typing error does not have the checksum.
     */
    authenticate(secret: string, address: string): Actor {
      if (!kindOfTokenSecret(secret))
        throw new CodedError('TOKEN_INVALID', {
          reason: 'That is no token of Vastrox: a letter is wrong, or a piece of it is missing.',
        })
      const hash = hashOfSecret(secret)
      const token = tokens.findByHashForPlatform(hash)
      if (!token) throw new CodedError('TOKEN_INVALID', { wasMade: true })
      const user = actors.inTeam(token.userId, token.teamId, address)
      const reason = whyNot(token, user, hash, address)
      if (reason !== undefined) {
        noteRefused(token, reason, address)
        throw new CodedError('TOKEN_INVALID', { wasMade: true, reason })
      }
      noteUse(token, address)
      return actorFor(token, user, address)
    },

    list: (actor: Actor): ApiToken[] => tokens.list(actor).map((token) => toApiToken(actor, token)),

    /**
     * Gives no more than its maker has: neither permissions nor apps, and from a token neither other
     * networks nor a later end.
     */
    create(actor: Actor, wish: CreateToken): CreatedToken {
      const permissions = permissionsOf(actor, wish)
      mustBeInTeam(actor, userIdOf(actor))
      const secret = newTokenSecret(wish.kind)
      const at = clock.now().toISOString()
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
        networks: networksOf(actor, wish.networks),
        createdAt: at,
        expiresAt: endOf(actor, after(wish.expiresInDays)),
        lastUsedAt: null,
        lastUsedAddress: null,
        revokedAt: null,
        previousHash: null,
        previousUntil: null,
        rotatedAt: null,
      }
      transact(() => {
        if (tokens.countForPlatform(actor.teamId) >= MAX_TOKENS)
          throw new CodedError('TOKENS_FULL', { most: MAX_TOKENS })
        tokens.forgetRevokedForPlatform(new Date(now() - KNOWN_REVOKED_MS).toISOString())
        tokens.insertForPlatform(token)
        auditLog.append({
          actor,
          action: 'token.create',
          target: token.id,
          details: {
            name: token.name,
            kind: token.kind,
            permissions,
            apps: wish.apps ?? null,
            networks: token.networks,
            expiresAt: token.expiresAt,
          },
        })
      })
      changed(actor)
      return { ...toApiToken(actor, token), token: secret }
    },

    /**
     * A new secret for the same token; the one before is good for the grace that was asked for.
     * Throws TOKEN_NOT_FOUND, TOKEN_NOT_YOURS, PERMISSION_DENIED, TOKEN_EXPIRED.
     */
    rotate(actor: Actor, id: string, wish: RotateToken): CreatedToken {
      const token = tokens.find(actor, id)
      if (!token) throw new CodedError('TOKEN_NOT_FOUND')
      mustBeAbleToRotate(actor, userIdOf(actor), token)
      if (isOver(token.expiresAt)) throw new CodedError('TOKEN_EXPIRED')
      const secret = newTokenSecret(token.kind)
      const days = wish.expiresInDays === undefined ? daysOf(token) : wish.expiresInDays
      const graceUntil = new Date(now() + wish.graceHours * HOUR_MS).toISOString()
      const rotation = {
        id,
        tokenHash: hashOfSecret(secret),
        hint: hintOfTokenSecret(token.kind, secret),
        previousHash: token.tokenHash,
        previousUntil: graceUntil,
        rotatedAt: clock.now().toISOString(),
        expiresAt: endOf(actor, after(days)),
      }
      transact(() => {
        tokens.rotateForPlatform(rotation)
        auditLog.append({
          actor,
          action: 'token.rotate',
          target: id,
          details: {
            name: token.name,
            before: { hint: token.hint, expiresAt: token.expiresAt },
            after: { hint: rotation.hint, expiresAt: rotation.expiresAt },
            graceUntil,
          },
        })
      })
      changed(actor)
      return { ...toApiToken(actor, { ...token, ...rotation }), token: secret }
    },

    /** From now on nobody gets in with it, nor with the secret before it. Throws TOKEN_NOT_FOUND. */
    revoke(actor: Actor, id: string): void {
      transact(() => {
        const name = tokens.revoke(actor, id, clock.now().toISOString())
        if (name === undefined) throw new CodedError('TOKEN_NOT_FOUND')
        auditLog.append({ actor, action: 'token.revoke', target: id, details: { name } })
      })
      changed(actor)
    },

    /** For the hourly round: writes down once of each token that it ends within two weeks. */
    remind(): void {
      const to = new Date(now() + REMIND_MS).toISOString()
      const ending = transact(() => {
        const found = tokens.takeEndingForPlatform(clock.now().toISOString(), to)
        for (const { id, teamId, name, expiresAt } of found)
          auditLog.append({
            actor: systemActor(teamId),
            action: 'token.ends-soon',
            target: id,
            details: { name, expiresAt },
          })
        return found
      })
      for (const token of ending) changed(token)
    },
  }
}
export type TokenService = ReturnType<typeof createTokenService>

const dayOf = (at: string): string => at.slice(0, 10)

/** How long it was made for. */
const daysOf = ({ createdAt, rotatedAt, expiresAt }: TokenRecord): number | null =>
  expiresAt === null
    ? null
    : Math.max(1, Math.round((Date.parse(expiresAt) - Date.parse(rotatedAt ?? createdAt)) / DAY_MS))
