import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { SignInThrottle } from '#core/access/sign-in-throttle.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Abuse } from '#core/firewall/abuse.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  /** Of FTP alone. */
  throttle: SignInThrottle
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  verifyUploadPassword: (
    app: string,
    password: string,
    address: string,
  ) => Promise<Actor | undefined>
  /** A failure of somebody unknown, for the audit log. */
  noteFailure: AccessService['noteFailure']
  /** What is done about failures is decided there. */
  abuse: Pick<Abuse, 'note'>
}

/** One row for clients that come every few seconds. */
const SAME_AGAIN_MS = 600_000
const MAX_REMEMBERED = 1_000

/** Who may come in over FTP, and what is written down about it. */
export function createFtpSignIns({ throttle, auditLog, clock, ...deps }: Deps) {
  const written = new Map<string, number>()
  const nameFor = (address: string): string => `ftp ${networkOf(address)}`
  /** Of 160 bits: nobody guesses it, so no other network's tries make its owner wait. */
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

    /** Whom an app's upload password lets in; undefined also while that name has to wait. */
    async byPassword(app: string, password: string, address: string): Promise<Actor | undefined> {
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
        deps.noteFailure(address, 'upload.sign-in', app, { method: 'upload password', by: 'ftp' })
      return actor
    },

    succeeded(actor: Actor, app: string, isEncrypted: boolean): void {
      const address = actor.address ?? ''
      throttle.clear(nameFor(address), address)
      if (!isNew(`${actor.id} ${isEncrypted} ${networkOf(address)}`)) return
      const details = { method: 'upload password', encrypted: isEncrypted }
      auditLog.append({ actor, action: 'ftp.sign-in', target: app, details })
    },

    /** One connection ended without anybody having come in, after at least one try. */
    failed(address: string): void {
      try {
        throttle.begin(nameFor(address), address)
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
      }
      deps.abuse.note(address, 'ftp')
    },
  }
}
export type FtpSignIns = ReturnType<typeof createFtpSignIns>
