import { type Actor, NO_GRANTS } from '@vastrox/shared/actor.ts'
import type { Actors } from '#core/access/actors.ts'
import { fingerprintOf } from '#core/access/ssh-public-key.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { networkOf } from '#lib/network-of.ts'
import { createOncePer } from '#lib/once-per.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppStore } from '#store/app-store.ts'
import type { SshKeyRecord, SshKeyStore } from '#store/ssh-key-store.ts'

interface Deps {
  keys: SshKeyStore
  actors: Actors
  apps: Pick<AppStore, 'findByIdForPlatform'>
  auditLog: AuditLog
  clock: Clock
}

/** Whom a key has let in. */
export interface SshSignIn {
  actor: Actor
  keyId: string
  fingerprint: string
  /** The app that a deploy key is of: it may come to no other, and to no console. */
  app: string | undefined
}

/** Rows are written at most once a minute for being used, at once from another address. */
const TOUCH_MS = 60_000
const REFUSED_AGAIN_MS = 600_000
const MAX_TOUCHED = 1_000

/** Whom a public key stands for at this moment; that its private half is there is for the caller to see. */
export function createSshKeySignIn({ keys, actors, apps, auditLog, clock }: Deps) {
  const touched = new Map<string, { at: number; address: string }>()
  const isNew = createOncePer(clock, REFUSED_AGAIN_MS)

  /** The actor, or why there is none. */
  function actorFor(key: SshKeyRecord, address: string): Actor | string {
    if (key.expiresAt !== null && Date.parse(key.expiresAt) <= clock.now().getTime())
      return `it expired on ${key.expiresAt.slice(0, 10)}`
    const via = { kind: 'key', id: key.id, endsAt: key.expiresAt } as const
    if (key.appId !== null) {
      const app = apps.findByIdForPlatform(key.appId)
      if (!app || app.destroyedAt !== null) return 'its app was destroyed'
      return {
        kind: 'token',
        id: key.id,
        name: `deploy key ${key.name}`,
        userId: null,
        teamId: key.teamId,
        permissions: new Set(key.mayWrite ? ['app.read', 'app.deploy'] : ['app.read']),
        appIds: new Set([key.appId]),
        grants: NO_GRANTS,
        address,
        via,
      }
    }
    const actor = key.userId === null ? undefined : actors.inTeam(key.userId, key.teamId, address)
    return actor ? { ...actor, via } : 'its user may not sign in'
  }

  /** The name of its app, for whoever decides where it may come to. */
  const appOf = ({ appId }: SshKeyRecord): string | undefined =>
    appId === null ? undefined : apps.findByIdForPlatform(appId)?.name

  function noteRefused(key: SshKeyRecord, address: string, reason: string): void {
    if (!isNew(`${key.id} ${reason} ${networkOf(address)}`)) return
    auditLog.append({
      actor: nobodyBy(key, address),
      action: 'ssh.sign-in',
      target: key.id,
      result: 'denied',
      details: { method: 'key', name: key.name, key: key.fingerprint, reason },
    })
  }

  return {
    /**
     * Whom a key stands for now, with what is allowed now; undefined for a key that nobody has, that
     * has expired, or whose user may not sign in.
     */
    signInOf(blob: Uint8Array, address: string): SshSignIn | undefined {
      const key = keys.findByFingerprintForPlatform(fingerprintOf(blob))
      if (!key) return undefined
      const actor = actorFor(key, address)
      if (typeof actor !== 'string')
        return { actor, keyId: key.id, fingerprint: key.fingerprint, app: appOf(key) }
      noteRefused(key, address, actor)
      return undefined
    },

    /** A key that is good was refused for where it wanted to go. */
    noteMisplaced({ actor, keyId, fingerprint, app }: SshSignIn, as: string): void {
      if (!isNew(`${keyId} ${as} ${networkOf(actor.address ?? '')}`)) return
      auditLog.append({
        actor,
        action: 'ssh.sign-in',
        target: as,
        result: 'denied',
        details: { method: 'key', key: fingerprint, reason: `it is for the app ${app} only` },
      })
    },

    /** It has let somebody in. */
    touch(keyId: string, address: string): void {
      const at = clock.now()
      const before = touched.get(keyId)
      if (before?.address === address && at.getTime() - before.at < TOUCH_MS) return
      if (touched.size >= MAX_TOUCHED) touched.clear()
      touched.set(keyId, { at: at.getTime(), address })
      keys.touchForPlatform(keyId, at.toISOString(), address)
    },
  }
}
export type SshKeySignIn = ReturnType<typeof createSshKeySignIn>

/** Who tried, as far as the key tells: able to do nothing. */
const nobodyBy = (key: SshKeyRecord, address: string): Actor => ({
  kind: 'token',
  id: key.id,
  name: `SSH key ${key.name}`,
  userId: key.userId,
  teamId: key.teamId,
  permissions: new Set(),
  appIds: new Set(),
  grants: NO_GRANTS,
  address,
  via: { kind: 'key', id: key.id },
})
