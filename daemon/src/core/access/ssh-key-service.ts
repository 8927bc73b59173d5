import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { ROLE_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import type { AddSshKey, ImportedSshKeys, SshKey } from '@vastrox/shared/ssh-key.ts'
import { actorOf } from '#core/access/session-service.ts'
import {
  fingerprintOf,
  parseAuthorizedKeys,
  parsePublicKey,
  type PublicKey,
} from '#core/access/ssh-public-key.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { SshKeyRecord, SshKeyStore } from '#store/ssh-key-store.ts'
import type { UserRecord, UserStore } from '#store/user-store.ts'

interface Deps {
  keys: SshKeyStore
  users: UserStore
  /** The user behind a request. */
  userOf: (actor: Actor) => UserRecord
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

/** Whom a key has let in. */
export interface SshSignIn {
  actor: Actor
  keyId: string
  fingerprint: string
}

const MAX_KEYS_EACH = 100
/** Rows are written at most once a minute for being used. */
const TOUCH_MS = 60_000
const MAX_TOUCHED = 1_000

/** Public keys of users: whoever proves one over SSH is that user, with all that its role allows. */
export function createSshKeyService(deps: Deps) {
  const { keys, users, userOf, auditLog, events, clock, newId, transact } = deps
  const listeners: ((keyId: string) => void)[] = []
  const touched = new Map<string, number>()

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
    const self = userOf(actor)
    if (actor.appIds !== null) throw new CodedError('PERMISSION_DENIED')
    for (const permission of ROLE_PERMISSIONS[self.role]) mustBeAble(actor, permission)
    if (userName === undefined || userName === self.name) return self
    mustBeAble(actor, 'user.manage')
    const user = users.findByNameForPlatform(userName)
    if (!user || user.teamId !== actor.teamId) throw new CodedError('USER_NOT_FOUND')
    for (const permission of ROLE_PERMISSIONS[user.role]) mustBeAble(actor, permission)
    return user
  }

  function insert(actor: Actor, user: UserRecord, key: PublicKey, name: string): SshKeyRecord {
    const known = keys.findByFingerprintForPlatform(key.fingerprint)
    if (known) throw new CodedError('SSH_KEY_TAKEN', { fingerprint: key.fingerprint })
    if (keys.countOfUserForPlatform(user.id) >= MAX_KEYS_EACH)
      throw new CodedError('SSH_KEYS_FULL', { most: MAX_KEYS_EACH })
    const record: SshKeyRecord = {
      id: newId(),
      teamId: user.teamId,
      userId: user.id,
      name,
      type: key.type,
      blob: key.blob,
      fingerprint: key.fingerprint,
      createdAt: clock.now().toISOString(),
      lastUsedAt: null,
    }
    keys.insertForPlatform(record)
    auditLog.append({
      actor,
      action: 'ssh-key.add',
      target: record.id,
      details: { user: user.name, name, type: key.type, fingerprint: key.fingerprint },
    })
    return record
  }

  const nameOf = (userId: string): string => users.findByIdForPlatform(userId)?.name ?? userId

  const show = (key: SshKeyRecord): SshKey => ({
    id: key.id,
    name: key.name,
    user: nameOf(key.userId),
    type: key.type,
    fingerprint: key.fingerprint,
    createdAt: key.createdAt,
    lastUsedAt: key.lastUsedAt,
  })

  return {
    list: (actor: Actor): SshKey[] => visible(actor).map(show),

    /** Throws SSH_KEY_INVALID, SSH_KEY_TAKEN, SSH_KEYS_FULL. */
    add(actor: Actor, { name, publicKey }: AddSshKey, userName?: string): SshKey {
      const user = ownerOf(actor, userName)
      const key = parsePublicKey(publicKey)
      const record = transact(() =>
        insert(actor, user, key, name ?? (key.comment || `key of ${user.name}`)),
      )
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
      for (const listener of listeners) listener(id)
      changed(actor)
    },

    onRemoved: (listener: (keyId: string) => void): void => {
      listeners.push(listener)
    },

    /**
     * Whom a key stands for now, with what the user's role allows now; undefined for a key that
     * nobody has. That its holder has its private half is for the caller to see.
     */
    signInOf(blob: Uint8Array, address: string): SshSignIn | undefined {
      const key = keys.findByFingerprintForPlatform(fingerprintOf(blob))
      const user = key && users.findByIdForPlatform(key.userId)
      return (
        user && {
          actor: actorOf(user, address),
          keyId: key.id,
          fingerprint: key.fingerprint,
        }
      )
    },

    /** It has let somebody in. */
    touch(keyId: string): void {
      const now = clock.now()
      if (now.getTime() - (touched.get(keyId) ?? 0) < TOUCH_MS) return
      if (touched.size >= MAX_TOUCHED) touched.clear()
      touched.set(keyId, now.getTime())
      keys.touchForPlatform(keyId, now.toISOString())
    },
  }
}
export type SshKeyService = ReturnType<typeof createSshKeyService>
