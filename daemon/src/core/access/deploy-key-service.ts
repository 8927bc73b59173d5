import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddDeployKey, DeployKey } from '@vastrox/shared/ssh-key.ts'
import { endOfKey } from '#core/access/ssh-key-end.ts'
import { parsePublicKey } from '#core/access/ssh-public-key.ts'
import { endOf, mustComeFromAnywhere } from '#core/access/token-limits.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { SshKeyRecord, SshKeyStore } from '#store/ssh-key-store.ts'

interface Deps {
  keys: SshKeyStore
  apps: Pick<AppStore, 'findByName'>
  auditLog: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  /** Whoever is in by that key is out. */
  onRemoved: (keyId: string) => void
}

const MAX_KEYS_EACH = 50

/** SSH keys of one app: for machines that clone or push it, and for nothing else. */
export function createDeployKeyService(deps: Deps) {
  const { keys, apps, auditLog, events, clock, newId, transact } = deps

  function find(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  const changed = ({ teamId }: Actor, app: string): void =>
    events.emit({ teamId, type: 'ssh-keys.changed', app, subject: null })

  return {
    list(actor: Actor, appName: string): DeployKey[] {
      const app = find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      return keys.listOfApp(actor, app.id).map((key) => toDeployKey(key, app.name))
    },

    /**
     * It ends no later than what the actor came by. Throws APP_NOT_FOUND, SSH_KEY_INVALID,
     * SSH_KEY_TAKEN, SSH_KEYS_FULL.
     */
    add(actor: Actor, appName: string, wish: AddDeployKey): DeployKey {
      const app = find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      // Nobody gives a key what they may not do themselves.
      mustBeAble(actor, wish.access === 'write' ? 'app.deploy' : 'app.read', app.id)
      mustComeFromAnywhere(actor)
      const { type, blob, fingerprint, comment } = parsePublicKey(wish.publicKey)
      const now = clock.now()
      const record: SshKeyRecord = {
        id: newId(),
        teamId: app.teamId,
        userId: null,
        appId: app.id,
        mayWrite: wish.access === 'write',
        name: wish.name ?? (comment || `deploy key of ${app.name}`),
        type,
        blob,
        fingerprint,
        createdAt: now.toISOString(),
        expiresAt: endOf(actor, endOfKey(now, wish.expiresInDays)),
        lastUsedAt: null,
        lastUsedAddress: null,
      }
      transact(() => {
        if (keys.findByFingerprintForPlatform(fingerprint))
          throw new CodedError('SSH_KEY_TAKEN', { fingerprint })
        if (keys.listOfApp(actor, app.id).length >= MAX_KEYS_EACH)
          throw new CodedError('SSH_KEYS_FULL', { most: MAX_KEYS_EACH })
        keys.insertForPlatform(record)
        const { name, expiresAt } = record
        auditLog.append({
          actor,
          action: 'deploy-key.add',
          target: app.name,
          details: { key: record.id, name, access: wish.access, type, fingerprint, expiresAt },
        })
      })
      changed(actor, app.name)
      return toDeployKey(record, app.name)
    },

    /** From now on it lets nobody in, and whoever is in by it is out. Throws SSH_KEY_NOT_FOUND. */
    remove(actor: Actor, appName: string, id: string): void {
      const app = find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const key = keys.listOfApp(actor, app.id).find((each) => each.id === id)
      if (!key) throw new CodedError('SSH_KEY_NOT_FOUND')
      transact(() => {
        keys.remove(actor, id)
        auditLog.append({
          actor,
          action: 'deploy-key.remove',
          target: app.name,
          details: { key: id, name: key.name, fingerprint: key.fingerprint },
        })
      })
      deps.onRemoved(id)
      changed(actor, app.name)
    },
  }
}
export type DeployKeyService = ReturnType<typeof createDeployKeyService>

const toDeployKey = (key: SshKeyRecord, app: string): DeployKey => ({
  id: key.id,
  name: key.name,
  app,
  access: key.mayWrite ? 'write' : 'read',
  type: key.type,
  fingerprint: key.fingerprint,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  lastUsedAddress: key.lastUsedAddress,
})
