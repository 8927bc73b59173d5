import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { SignInThrottle } from '#core/access/sign-in-throttle.ts'
import type { SshKeyService } from '#core/access/ssh-key-service.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Abuse } from '#core/firewall/abuse.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  keys: Pick<SshKeyService, 'signInOf' | 'touch' | 'noteMisplaced'>
  /** Of SSH alone: what happens at the dashboard's sign-in does not count here. */
  throttle: SignInThrottle
  auditLog: AuditLog
  clock: Clock
  /** Whom an app's upload password lets in; takes as long for one that is wrong. */
  verifyUploadPassword: (
    app: string,
    password: string,
    address: string,
  ) => Promise<Actor | undefined>
  /** A failure of somebody unknown, for the audit log. */
  noteFailure: AccessService['noteFailure']
  /** What is done about failures is decided there. */
  abuse: Pick<Abuse, 'note' | 'notePresent'>
}

/** Somebody who has come in. */
export interface SignedIn {
  actor: Actor
  /** The key that it was; undefined for an upload password. */
  key: { id: string; fingerprint: string } | undefined
}

/** What somebody wants to come in for: git, the console, or the files of one app. */
export type ComesAs = { kind: 'git' } | { kind: 'console' } | { kind: 'uploads'; app: string }

/** One row for what repeats, such as a CI that pushes all day. */
const SAME_AGAIN_MS = 600_000
const MAX_REMEMBERED = 1_000

/** Who may come in over SSH, and what is written down about it. */
export function createSshSignIns(deps: Deps) {
  const { keys, throttle, auditLog, clock } = deps
  const written = new Map<string, number>()

  /** Nobody guesses keys, and many scan the port: an address is held to its own failures only. */
  const nameFor = (address: string): string => `ssh ${networkOf(address)}`
  /** Of 160 bits: nobody guesses it either, so no other network's tries make its owner wait. */
  const passwordOf = (app: string, address: string): string => `${app} ${networkOf(address)}`

  function isNew(what: string): boolean {
    const now = clock.now().getTime()
    if (now - (written.get(what) ?? Number.NEGATIVE_INFINITY) < SAME_AGAIN_MS) return false
    if (written.size >= MAX_REMEMBERED) written.clear()
    written.set(what, now)
    return true
  }

  return {
    /** How long an address must wait after its failures before it is listened to again. */
    waitMs: (address: string): number => throttle.waitMs(nameFor(address), address),

    /**
     * Whom a key stands for now; that its private half is there is for the caller to see. A key of an
     * app is for git and that app's files.
     */
    byKey(blob: Uint8Array, address: string, as: ComesAs): SignedIn | undefined {
      const found = keys.signInOf(blob, address)
      if (!found) return undefined
      const isMisplaced =
        found.app !== undefined &&
        (as.kind === 'console' || (as.kind === 'uploads' && as.app !== found.app))
      if (isMisplaced) {
        keys.noteMisplaced(found, as.kind === 'uploads' ? as.app : 'vastrox')
        return undefined
      }
      return { actor: found.actor, key: { id: found.keyId, fingerprint: found.fingerprint } }
    },

    /** For uploads to one app. A wrong one counts at once, as it does at the dashboard. */
    async byPassword(
      app: string,
      password: string,
      address: string,
    ): Promise<SignedIn | undefined> {
      const name = passwordOf(app, address)
      try {
        throttle.begin(name, address)
      } catch (error) {
        if (error instanceof CodedError && error.code === 'RATE_LIMITED') return undefined
        throw error
      }
      const actor = await deps.verifyUploadPassword(app, password, address)
      if (actor) throttle.clear(name, address)
      else if (isNew(`wrong password ${name}`))
        deps.noteFailure(address, 'upload.sign-in', app, { method: 'upload password', by: 'sftp' })
      return actor && { actor, key: undefined }
    },

    /** They are in, as this user of the protocol: `git`, `vastrox` or an app. */
    succeeded({ actor, key }: SignedIn, as: string): void {
      const address = actor.address ?? ''
      throttle.clear(nameFor(address), address)
      if (mayDo(actor, 'firewall.change')) deps.abuse.notePresent(address)
      if (key) keys.touch(key.id, address)
      if (!isNew(`${actor.id} ${key?.id} ${as} ${networkOf(address)}`)) return
      auditLog.append({
        actor,
        action: 'ssh.sign-in',
        target: as,
        details: key ? { method: 'key', key: key.fingerprint } : { method: 'upload password' },
      })
    },

    /** One connection ended without anybody having come in, after at least one try. */
    failed(address: string, kind: 'ssh' | 'sftp' = 'ssh'): void {
      try {
        throttle.begin(nameFor(address), address)
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
      }
      deps.abuse.note(address, kind)
      if (isNew(`failed ${kind} ${networkOf(address)}`))
        deps.noteFailure(address, 'ssh.sign-in', kind)
    },
  }
}
export type SshSignIns = ReturnType<typeof createSshSignIns>
