import { type Actor, covers, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddSshKey, ImportedSshKeys, SshKey } from '@vastrox/shared/ssh-key.ts'
import type { Actors } from '#core/access/actors.ts'
import { createDeployKeyService } from '#core/access/deploy-key-service.ts'
import { endOfKey } from '#core/access/ssh-key-end.ts'
import { createSshKeySignIn } from '#core/access/ssh-key-sign-in.ts'
import { parseAuthorizedKeys, parsePublicKey, type PublicKey } from '#core/access/ssh-public-key.ts'
import { endOf, mustComeFromAnywhere } from '#core/access/token-limits.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { SshKeyRecord, SshKeyStore } from '#store/ssh-key-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  keys: SshKeyStore
  users: UserStore
  actors: Actors
  apps: Pick<AppStore, 'findByName' | 'findByIdForPlatform'>
  /** The user behind a request. */
  userOf: (actor: Actor) => UserRecord
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_KEYS_EACH = 100

/** Public keys of users: whoever proves one over SSH is that user, with all that its role allows. */
export function createSshKeyService(deps: Deps) {
  const { keys, users, actors, userOf, auditLog, events, clock, newId, transact } = deps
  const listeners: ((keyId: string) => void)[] = []
  const dropped = (keyId: string): void => {
    for (const listener of listeners) listener(keyId)
  }

  const changed = ({ teamId }: Actor): void =>
    events.emit({ teamId, type: 'ssh-keys.changed', app: null, subject: null })

  /** Of the team for whoever looks after its users, otherwise one's own. */
  function visible(actor: Actor): SshKeyRecord[] {
    const all = keys.list(actor)
    if (mayDo(actor, 'user.manage')) return all
    const { id } = userOf(actor)
    return all.filter(({ userId }) => userId === id)
  }

  /** A key may do all that its user may: less than that must not be able to make one. */
  function ownerOf(actor: Actor, userName: string | undefined): UserRecord {
    mustComeFromAnywhere(actor)
    const self = userOf(actor)
    const isOwn = userName === undefined || userName === self.name
    if (!isOwn) mustBeAble(actor, 'user.manage')
    const user = isOwn ? self : users.findByNameForPlatform(userName)
    const theirs = user && actors.inTeam(user.id, actor.teamId, null)
    if (!theirs) throw new CodedError('USER_NOT_FOUND')
    if (!covers(actor, theirs)) throw new CodedError('PERMISSION_DENIED')
    return user
  }

  function insert(
    actor: Actor,
    user: UserRecord,
    key: PublicKey,
    name: string,
    days?: number | null,
  ): SshKeyRecord {
    const known = keys.findByFingerprintForPlatform(key.fingerprint)
    if (known) throw new CodedError('SSH_KEY_TAKEN', { fingerprint: key.fingerprint })
    if (keys.countOfUserForPlatform(user.id) >= MAX_KEYS_EACH)
      throw new CodedError('SSH_KEYS_FULL', { most: MAX_KEYS_EACH })
    const now = clock.now()
    const record: SshKeyRecord = {
      id: newId(),
      teamId: actor.teamId,
      userId: user.id,
      appId: null,
      mayWrite: false,
      name,
      type: key.type,
      blob: key.blob,
      fingerprint: key.fingerprint,
      createdAt: now.toISOString(),
      expiresAt: endOf(actor, endOfKey(now, days)),
      lastUsedAt: null,
      lastUsedAddress: null,
    }
    keys.insertForPlatform(record)
    auditLog.append({
      actor,
      action: 'ssh-key.add',
      target: record.id,
      details: {
        user: user.name,
        name,
        type: key.type,
        fingerprint: key.fingerprint,
        expiresAt: record.expiresAt,
      },
    })
    return record
  }

  const nameOf = (userId: string | null): string =>
    userId === null ? '' : (users.findByIdForPlatform(userId)?.name ?? userId)

  const show = (key: SshKeyRecord): SshKey => ({
    id: key.id,
    name: key.name,
    user: nameOf(key.userId),
    type: key.type,
    fingerprint: key.fingerprint,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    lastUsedAt: key.lastUsedAt,
    lastUsedAddress: key.lastUsedAddress,
  })

  return {
    /** Whom a key lets in. */
    ...createSshKeySignIn(deps),

    /** Keys of one app. */
    ofApps: createDeployKeyService({ ...deps, onRemoved: dropped }),

    list: (actor: Actor): SshKey[] => visible(actor).map(show),

    /** It ends no later than what the actor came by. Throws SSH_KEY_INVALID, SSH_KEY_TAKEN, SSH_KEYS_FULL. */
    add(actor: Actor, wish: AddSshKey, userName?: string): SshKey {
      const user = ownerOf(actor, userName)
      const key = parsePublicKey(wish.publicKey)
      const name = wish.name ?? (key.comment || `key of ${user.name}`)
      const record = transact(() => insert(actor, user, key, name, wish.expiresInDays))
      changed(actor)
      return show(record)
    },

    /** Takes over what an authorized_keys file has; says of each line that it leaves out, why. */
    importKeys(actor: Actor, text: string, userName?: string): ImportedSshKeys {
      const user = ownerOf(actor, userName)
      const { keys: found, skipped } = parseAuthorizedKeys(text)
      const added: SshKeyRecord[] = []
      for (const key of found)
        try {
          added.push(transact(() => insert(actor, user, key, key.comment || `key of ${user.name}`)))
        } catch (error) {
          if (!(error instanceof CodedError)) throw error
          skipped.push({ line: key.line, reason: error.message })
        }
      if (added.length > 0) changed(actor)
      return { added: added.map(show), skipped: skipped.toSorted((a, b) => a.line - b.line) }
    },

    /** From now on it lets nobody in, and whoever is in by it is out. Throws SSH_KEY_NOT_FOUND. */
    remove(actor: Actor, id: string): void {
      const key = visible(actor).find((each) => each.id === id)
      if (!key) throw new CodedError('SSH_KEY_NOT_FOUND')
      transact(() => {
        keys.remove(actor, id)
        auditLog.append({
          actor,
          action: 'ssh-key.remove',
          target: id,
          details: { user: nameOf(key.userId), name: key.name, fingerprint: key.fingerprint },
        })
      })
      dropped(id)
      changed(actor)
    },

    onRemoved: (listener: (keyId: string) => void): void => {
      listeners.push(listener)
    },
  }
}
export type SshKeyService = ReturnType<typeof createSshKeyService>
