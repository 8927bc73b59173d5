import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Me, User } from '@vastrox/shared/user.ts'
import { actorOf } from '#core/access/session-service.ts'
import type { SignInLink } from '#core/access/sign-in-service.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createTokenService } from '#core/access/token-service.ts'
import { createWaysIn, type WaysInDeps } from '#core/access/ways-in.ts'
import { createRefusals } from '#core/audit/refusals.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'
import type { TokenStore } from '#store/token-store.ts'
import type { UserRecord } from '#store/user-store.ts'

interface Deps extends Omit<WaysInDeps, 'nobodyAt'> {
  tokenStore: TokenStore
  apps: Pick<AppStore, 'findByName' | 'findById'>
  events: Pick<EventStream, 'emit'>
}

const FIRST_TEAM = 'default'
const FIRST_OWNER = 'admin'

/** Who may come in, and as whom. */
export function createAccessService(deps: Deps) {
  const { users, tokenStore, auditLog, clock, newId, transact } = deps
  const tokens = createTokenService({ ...deps, tokens: tokenStore })
  const waysIn = createWaysIn({
    ...deps,
    nobodyAt: (address) => ({ ...systemActor(firstOwner().teamId), name: 'nobody', address }),
  })
  const noteRefusal = createRefusals({ auditLog, clock })

  function firstOwner(): UserRecord {
    const owner = users.firstOwnerForPlatform()
    if (!owner) throw new CodedError('USER_NOT_FOUND')
    return owner
  }

  /** Those that were given out as root: nobody else can be taken for it. */
  const roots = new WeakSet<Actor>()
  function rootActor(): Actor {
    const root = { ...actorOf(firstOwner(), null), name: 'root on this server' }
    roots.add(root)
    return root
  }

  /** The user behind a user's or a token's request. */
  function userOf(actor: Actor): UserRecord {
    const userId = actor.kind === 'token' ? tokenStore.find(actor, actor.id)?.userId : actor.id
    const user = userId === undefined ? undefined : users.findByIdForPlatform(userId)
    if (!user) throw new CodedError('NOT_SIGNED_IN')
    return user
  }

  return {
    ...waysIn,
    tokens,

    /** Throws TOKEN_INVALID. Cheap: two rows read, no slow hash. */
    authenticateToken: (secret: string, address: string): Actor =>
      tokens.authenticate(secret, address),

    /** Who works at the console of the server: the owner of the first team. */
    rootActor,

    userOf,

    /**
     * At the first start: the team and its owner, with no password. The only way in is a sign-in
     * link made on the server (rules C10, C19). Later starts change nothing.
     */
    createFirstOwner(): User {
      const known = users.firstOwnerForPlatform()
      if (known) return toUser(known)
      const at = clock.now().toISOString()
      const teamId = newId()
      const owner: UserRecord = {
        id: newId(),
        teamId,
        name: FIRST_OWNER,
        role: 'owner',
        passwordHash: null,
        createdAt: at,
      }
      transact(() => {
        users.insertTeamForPlatform(teamId, FIRST_TEAM, at)
        users.insertForPlatform(owner)
        auditLog.append({ actor: systemActor(teamId), action: 'user.create', target: owner.id })
      })
      return toUser(owner)
    },

    /**
     * A link for the named user, or for the first owner. Asked for by somebody, it is for users of
     * their team only. One that root made is asked for no second factor. Throws USER_NOT_FOUND.
     */
    createSignInLink(userName?: string, actor?: Actor): SignInLink {
      const user = userName === undefined ? firstOwner() : users.findByNameForPlatform(userName)
      if (!user || (actor && user.teamId !== actor.teamId)) throw new CodedError('USER_NOT_FOUND')
      const maker = actor ?? rootActor()
      return waysIn.signIn.createLink(maker, user, { passesSecondStep: roots.has(maker) })
    },

    me(actor: Actor): Me {
      const user = userOf(actor)
      return {
        kind: actor.kind === 'token' ? 'token' : 'user',
        name: actor.name,
        role: user.role,
        permissions: [...actor.permissions],
        hasPassword: user.passwordHash !== null,
        needsSecondFactor: actor.kind === 'user' && waysIn.proofs.needsSecond(actor),
      }
    },

    listUsers: (actor: Actor): User[] => users.list(actor).map(toUser),

    /** Leaves an audit event of somebody who tried what they may not (ASVS 16.3.2). */
    noteDenied(actor: Actor, permission: string, target: string): void {
      noteRefusal(actor, `denied ${permission}`, target)
    },
  }
}
export type AccessService = ReturnType<typeof createAccessService>

const toUser = (user: UserRecord): User => ({
  id: user.id,
  name: user.name,
  role: user.role,
  hasPassword: user.passwordHash !== null,
  createdAt: user.createdAt,
})
