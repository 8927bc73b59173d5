import type { AuditLog } from '#core/audit/audit-log.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { Clock } from '#ports/clock.ts'
import type { CertificateRecord, CertificateStore } from '#store/certificate-store.ts'
import type { CertificateWantStore } from '#store/certificate-want-store.ts'
import type { Transact } from '#store/database.ts'
import type { IssuerStore } from '#store/issuer-store.ts'
import type { IssuerAccounts } from './issuer-accounts.ts'
import { namesKey } from './names.ts'
import { alarmDue, askAgainAfter, renewalAt, YOUNG } from './renewal.ts'
import { retryAfterOf } from './retry.ts'

interface Deps {
  certificates: CertificateStore
  wants: CertificateWantStore
  issuers: IssuerStore
  accounts: IssuerAccounts
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  random: () => number
  onChange: () => void
}

const HOUR_MS = 3_600_000

export const lifeOf = ({ notBefore, createdAt, notAfter }: CertificateRecord) => ({
  notBefore: new Date(notBefore ?? createdAt),
  notAfter: new Date(notAfter),
})

/** A CA that wants every certificate renewed at once is not given its way at once, over and over. */
function earliestRenewalAt(record: CertificateRecord): Date {
  const { notBefore, notAfter } = lifeOf(record)
  const youth = (notAfter.getTime() - notBefore.getTime()) * YOUNG
  return new Date(Date.parse(record.createdAt) + Math.min(HOUR_MS, youth))
}

/** What is done about certificates that are there: asking when to renew (RFC 9773), and alarms. */
export function createRenewalRounds(deps: Deps) {
  const { certificates, wants, issuers, accounts, audit, clock, transact, random } = deps

  /** A CA that does not answer is asked again in an hour; the own time holds meanwhile. */
  async function askOne(record: CertificateRecord, signal: AbortSignal): Promise<void> {
    const issuer = issuers.findForPlatform(record.issuer)
    const life = lifeOf(record)
    const now = clock.now()
    const save = (renewAt: Date, askAgainMs: number | undefined, explanationUrl?: string): void => {
      const askAgainAt = askAgainMs === undefined ? undefined : new Date(now.getTime() + askAgainMs)
      transact(() => {
        certificates.saveRenewalForPlatform(record.id, { renewAt, askAgainAt, explanationUrl })
        const want = wants.findForPlatform(namesKey(record.hosts))
        if (want?.state === 'valid')
          wants.saveForPlatform({ ...want, nextAttemptAt: renewAt.toISOString() })
      })
    }
    const kept =
      record.renewAt === null ? renewalAt(life, undefined, random) : new Date(record.renewAt)
    if (!issuer) return save(kept, undefined)
    try {
      const authority = await accounts.authorityOf(issuer)
      const info = await authority.renewalInfo(record.certificatePem, signal)
      if (!info) return save(kept, undefined)
      const isChosen = kept >= info.start && kept <= info.end
      const chosen = isChosen ? kept : renewalAt(life, info, random)
      save(
        new Date(Math.max(chosen.getTime(), earliestRenewalAt(record).getTime())),
        askAgainAfter(life, info.retryAfterMs, random),
        info.explanationUrl,
      )
    } catch (error) {
      if (signal.aborted) throw error
      const whole = life.notAfter.getTime() - life.notBefore.getTime()
      save(kept, Math.max(Math.min(HOUR_MS, whole / 8), retryAfterOf(error) ?? 0))
    }
  }

  return {
    /** Asks the CAs of those whose turn it is. */
    async ask(signal: AbortSignal): Promise<void> {
      for (const record of certificates.listAskableForPlatform(clock.now()))
        await askOne(record, signal)
    },

    /** Raises the alarms of those that live on without having been renewed (rule R10). */
    raiseAlarms(served: readonly CertificateRecord[]): void {
      const now = clock.now()
      for (const record of served) {
        if (record.issuer === 'local') continue
        const due = alarmDue(lifeOf(record), record.alarmedMs, now)
        if (due === undefined) continue
        transact(() => {
          certificates.noteAlarmForPlatform(record.id, due)
          audit.append({
            actor: systemActor(record.teamId),
            action: 'certificate.expiring',
            target: record.hosts.join(' '),
            result: 'failed',
            details: { notAfter: record.notAfter, issuer: record.issuer },
          })
        })
        deps.onChange()
      }
    },
  }
}
export type RenewalRounds = ReturnType<typeof createRenewalRounds>
