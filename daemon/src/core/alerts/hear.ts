import type { AlertEvent } from '@vastrox/shared/alert.ts'
import type { BuiltInRule } from '@vastrox/shared/alert-rule.ts'
import { z } from 'zod'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import type { BackupNews } from '#core/backups/backup-news.ts'
import type { Act, CertificateNews } from '#core/outgoing-webhooks/tell.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'

interface Deps {
  book: Pick<AlertBook, 'note' | 'settle'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
}

const HALF_HOUR_MS = 30 * 60_000
const DAY_MS = 86_400_000
/** Of what is of a subject with a long name. */
export const MAX_KEY = 180

const OfBackup = z.object({
  subject: z.string().default(''),
  reason: z.string().nullish(),
  destination: z.string().optional(),
  lastGoodAt: z.string().nullish(),
  backup: z.string().optional(),
})
const OfSchedule = z.object({ isEnabled: z.boolean().default(true) })
const OfExpiry = z.object({ notAfter: z.string().nullish() })
const OfChannel = z.object({
  id: z.string().optional(),
  kind: z.string().nullish(),
  reason: z.string().nullish(),
  isOn: z.boolean().optional(),
})

/** Turns what happened inside into alerts: begun by what failed, ended by what went well again. */
export function createHear({ book, apps }: Deps) {
  function ofBackupSubject(
    { teamId, appId, data }: BackupNews,
    rule: BuiltInRule,
    say: (subject: string, found: z.infer<typeof OfBackup>) => { title: string; detail: string },
  ): void {
    const found = OfBackup.parse(data)
    const name = found.subject.replace(/^[a-z]+:/, '')
    book.note({
      teamId,
      key: backupKey(rule, teamId, found.subject),
      rule,
      subject: { kind: 'backup', id: found.subject.slice(0, 100), name },
      appId,
      ...say(name === '' ? 'The platform' : name, found),
      link: found.backup === undefined ? '/backups' : `/backups/${found.backup}`,
    })
  }

  function ofDestination({ teamId, data }: BackupNews): void {
    const { destination = '', reason } = OfBackup.parse(data)
    book.note({
      teamId,
      key: destinationKey(teamId, destination),
      rule: 'destination-failed',
      subject: { kind: 'destination', id: destination, name: destination },
      appId: null,
      title: `Backups at ${destination} are damaged or cannot be checked`,
      detail: `${reason ?? 'It said no more.'} Back up anew to another destination, and look at it.`,
      link: '/backups/destinations',
    })
  }

  function ofHosts(
    teamId: string,
    hosts: readonly string[],
    rule: 'certificate-days' | 'certificate-failed',
    texts: { title: string; detail: string },
  ): void {
    const names = hosts.join(' ')
    book.note({
      teamId,
      key: hostsKey(rule, hosts),
      rule,
      subject: { kind: 'certificate', id: names.slice(0, 100), name: names.slice(0, 200) },
      appId: null,
      ...texts,
      link: '/certificates',
    })
  }

  /** What somebody takes away needs no looking after. */
  function ofEnd(
    teamId: string,
    action: string,
    target: string,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const isOff =
      action === 'backup-schedule.remove' ||
      (action === 'backup-schedule.change' && !OfSchedule.parse(details).isEnabled)
    if (isOff)
      for (const rule of ['backup-failed', 'backup-overdue'] as const)
        book.settle(backupKey(rule, teamId, target))
    else if (/^domain\.(remove|lost)$/.test(action))
      for (const rule of CERTIFICATE_RULES) book.settle(hostsKey(rule, [target]))
    else if (/^certificate\.(upload|remove)$/.test(action))
      for (const rule of CERTIFICATE_RULES) book.settle(hostsKey(rule, target.split(' ')))
    else if (action === 'destination.remove') book.settle(destinationKey(teamId, target))
    else if (action === 'addon.destroy')
      for (const rule of ['backup-failed', 'backup-overdue', 'drill-failed'] as const)
        book.settle(backupKey(rule, teamId, `addon:${target}`))
  }

  return {
    /** Called with each audit event, inside its transaction. */
    ofAct({ actor, action, target, details = {}, result = 'ok' }: Act): void {
      if (action === 'certificate.expiring') {
        const { notAfter } = OfExpiry.parse(details)
        const hosts = target.split(' ')
        ofHosts(actor.teamId, hosts, 'certificate-days', {
          title: `The certificate of ${hosts.join(', ')} ends soon`,
          detail: `It ends ${notAfter ?? 'soon'} and has not been renewed. vastrox certificates says why.`,
        })
      } else if (action === 'channel.failing') {
        const { id = target, kind, reason } = OfChannel.parse(details)
        book.note({
          teamId: actor.teamId,
          key: `channel-failing:${id}`,
          rule: 'channel-failing',
          subject: { kind: 'channel', id, name: target },
          appId: null,
          title: `The channel ${target} takes nothing`,
          detail: `${reason ?? 'It said no more.'} Look at its settings${kind ? ` (${kind})` : ''} and send a test.`,
          link: '/alerts/channels',
        })
      } else if (/^channel\.(well|remove|change)$/.test(action) && result !== 'denied') {
        const { id = target, isOn } = OfChannel.parse(details)
        if (action !== 'channel.change' || isOn === false) book.settle(`channel-failing:${id}`)
      } else if (result === 'ok') ofEnd(actor.teamId, action, target, details)
    },

    /** Called with each move of a deployment, inside its transaction. */
    ofDeployment(record: DeploymentRecord): void {
      const { appId, state, number, reason, hint, teamId } = record
      if (state === 'live') {
        book.settle(`deployment-failed:${appId}`)
        book.settle(`deployment-reverted:${appId}`)
        return
      }
      if (state !== 'failed' && state !== 'reverted') return
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      const event: AlertEvent = {
        teamId,
        key: `deployment-${state}:${appId}`,
        rule: `deployment-${state}`,
        subject: { kind: 'app', id: appId, name: app.name },
        appId,
        title:
          state === 'failed'
            ? `Deployment ${number} of ${app.name} failed`
            : `Deployment ${number} of ${app.name} was taken back`,
        detail: [reason, hint].filter((part) => part !== null && part !== '').join(' '),
        link: `/apps/${app.name}/deployments/${number}`,
        endsAfterMs: DAY_MS,
      }
      book.note(event)
    },

    /** An instance is over its budget of crashes (rule K8). */
    ofCrashLoop({ appId, teamId, process, ordinal }: InstanceRecord): void {
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      book.note({
        teamId,
        key: `crash-loop:${appId}`,
        rule: 'crash-loop',
        subject: { kind: 'app', id: appId, name: app.name },
        appId,
        title: `${app.name} is crash-looping: ${process}.${ordinal}`,
        detail:
          'It has ended 5 times in 10 minutes, gets no visitors and is tried again, later and later. vastrox crashes shows its last words.',
        link: `/apps/${app.name}/processes`,
      })
    },

    /** The kernel has ended something in an instance for want of memory. */
    ofOutOfMemory({ appId, teamId, process, ordinal, limits }: InstanceRecord): void {
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      const megabytes = Math.round(limits.memoryBytes / 2 ** 20)
      book.note({
        teamId,
        key: `out-of-memory:${appId}`,
        rule: 'out-of-memory',
        subject: { kind: 'app', id: appId, name: app.name },
        appId,
        title: `${app.name} ran out of memory: ${process}.${ordinal}`,
        detail: `The kernel ended it at its limit of ${megabytes} MiB. Raise the limit, or look at its memory curve. It is over when it has not happened for half an hour.`,
        value: limits.memoryBytes,
        limit: limits.memoryBytes,
        link: `/apps/${app.name}/processes`,
        endsAfterMs: HALF_HOUR_MS,
      })
    },

    /** An app prints more than is kept. It is over when it has not for half an hour. */
    ofDroppedLines(appId: string, count: number): void {
      const app = apps.findByIdForPlatform(appId)
      if (!app || count <= 0) return
      book.note({
        teamId: app.teamId,
        key: `lines-dropped:${appId}`,
        rule: 'lines-dropped',
        subject: { kind: 'app', id: appId, name: app.name },
        appId,
        title: `Log lines of ${app.name} are left out`,
        detail: `${count} lines at last: it prints more than is kept. Let it print less, or raise its limit (vastrox logs:keep --rate).`,
        value: count,
        link: `/apps/${app.name}/logs`,
        endsAfterMs: HALF_HOUR_MS,
      })
    },

    ofBackup(news: BackupNews): void {
      const { subject, destination } = OfBackup.parse(news.data)
      const { teamId } = news
      switch (news.event) {
        case 'backup.failed':
          return ofBackupSubject(news, 'backup-failed', (name, { reason }) => ({
            title: `The backup of ${name} failed`,
            detail: reason ?? 'It said no more.',
          }))
        case 'backup.overdue':
          return ofBackupSubject(news, 'backup-overdue', (name, { lastGoodAt }) => ({
            title: `The backup of ${name} is overdue`,
            detail: `The last good one is ${lastGoodAt ? `of ${lastGoodAt}` : 'not there'}. vastrox backups says what became of those since.`,
          }))
        case 'drill.failed':
          return ofBackupSubject(news, 'drill-failed', (name, { reason }) => ({
            title: `The backup of ${name} could not be restored for proof`,
            detail: reason ?? 'It said no more.',
          }))
        case 'destination.failed':
          return ofDestination(news)
        case 'backup.made':
          return book.settle(backupKey('backup-failed', teamId, subject))
        case 'backup.current':
          return book.settle(backupKey('backup-overdue', teamId, subject))
        case 'drill.proven':
          return book.settle(backupKey('drill-failed', teamId, subject))
        case 'destination.well':
          return book.settle(destinationKey(teamId, destination ?? ''))
      }
    },

    ofCertificate({ teamId, event, hosts, reason }: CertificateNews): void {
      if (event === 'certificate.issued') {
        book.settle(hostsKey('certificate-failed', hosts))
        book.settle(hostsKey('certificate-days', hosts))
        return
      }
      ofHosts(teamId, hosts, 'certificate-failed', {
        title: `No certificate for ${hosts.join(', ')}`,
        detail: `${reason ?? 'The CA said no more.'} It is asked again by itself; vastrox certificates says when.`,
      })
    },
  }
}
export type Hear = ReturnType<typeof createHear>

const CERTIFICATE_RULES = ['certificate-days', 'certificate-failed'] as const

const backupKey = (rule: BuiltInRule, teamId: string, subject: string): string =>
  `${rule}:${teamId}:${subject}`.slice(0, MAX_KEY)
const destinationKey = (teamId: string, name: string): string =>
  `destination-failed:${teamId}:${name}`
const hostsKey = (rule: BuiltInRule, hosts: readonly string[]): string =>
  `${rule}:${hosts.toSorted().join(' ')}`.slice(0, MAX_KEY)
