import type {
  Domain,
  DomainCertificate,
  DomainFinding,
  DomainState,
} from '@vastrox/shared/domain.ts'
import { counterpartOf, readHostName } from '@vastrox/shared/host-name.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

interface Label {
  label: string
  tone: Tone
}

const STATE: Record<DomainState, Label> = {
  unchecked: { label: t('looking'), tone: 'busy' },
  unproven: { label: t('to be proven'), tone: 'warn' },
  waiting: { label: t('waiting for DNS'), tone: 'busy' },
  wrong: { label: t('needs attention'), tone: 'bad' },
  ready: { label: t('leads here'), tone: 'good' },
  private: { label: t('private name'), tone: 'idle' },
}

export const stateOf = ({ check }: Domain): Label => STATE[check?.state ?? 'unchecked']

/** How HTTPS stands, in a few words. */
export function sayCertificate(certificate: DomainCertificate | null): Label {
  if (certificate === null) return { label: t('no certificate yet'), tone: 'idle' }
  const { issuer, daysLeft } = certificate
  const by = issuer === null ? t('certificate') : t('certificate by {issuer}', { issuer })
  const label = daysLeft === null ? by : t('{by}, {daysLeft} days left', { by, daysLeft })
  switch (certificate.state) {
    case 'valid':
      return { label, tone: certificate.isPublic ? 'good' : 'idle' }
    case 'expiring':
      return { label, tone: 'warn' }
    case 'expired':
      return { label: t('{by} has expired', { by }), tone: 'bad' }
    case 'ordering':
      return { label: t('certificate on its way'), tone: 'busy' }
    case 'waiting-for-dns':
      return { label: t('certificate waits for the DNS'), tone: 'idle' }
    case 'failed':
      return { label: t('certificate refused'), tone: 'bad' }
    case 'none':
      return { label: t('no certificate yet'), tone: 'idle' }
    default:
      return certificate.state satisfies never
  }
}

export const FINDING_TONE: Record<DomainFinding['level'], Tone> = {
  ok: 'good',
  info: 'idle',
  warn: 'warn',
  bad: 'bad',
}

/** Open from the start: somebody has to do something about it. */
export const needsLook = ({ check }: Domain): boolean =>
  check === null || (check.state !== 'ready' && check.state !== 'private')

/** What the server would make of it, while it is being typed; undefined where it is no host name yet. */
export function previewOf(typed: string): { host: string; counterpart: string | null } | undefined {
  const { host } = readHostName(typed)
  if (host === undefined) return undefined
  const labels = host.replace(/^www\./, '').split('.').length
  return { host, counterpart: host.startsWith('*.') || labels > 3 ? null : counterpartOf(host) }
}
