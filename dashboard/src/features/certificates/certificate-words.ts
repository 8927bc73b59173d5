import type { CertificateEvent, CertificateState, Issuer } from '@vastrox/shared/certificate.ts'
import { t, tn } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

interface Label {
  label: string
  tone: Tone
}

const DAY_MS = 86_400_000
const SOON_DAYS = 7

const STATE: Record<CertificateState['state'], Label> = {
  valid: { label: t('valid'), tone: 'good' },
  ordering: { label: t('on its way'), tone: 'busy' },
  waiting: { label: t('waiting'), tone: 'warn' },
  failing: { label: t('refused'), tone: 'bad' },
  local: { label: t('local CA'), tone: 'idle' },
  none: { label: t('none'), tone: 'idle' },
}

export function stateLabel({ state, certificate }: CertificateState, now: Date): Label {
  if (certificate && Date.parse(certificate.notAfter) <= now.getTime())
    return { label: t('expired'), tone: 'bad' }
  return STATE[state]
}

/** "61 days left", "3 hours left", "expired 2 days ago". */
export function sayLeft(notAfter: string, now: Date): Label {
  const ms = Date.parse(notAfter) - now.getTime()
  const days = Math.floor(Math.abs(ms) / DAY_MS)
  if (ms <= 0)
    return {
      label:
        days === 0
          ? t('has expired')
          : tn(days, 'expired {count} day ago', 'expired {count} days ago'),
      tone: 'bad',
    }
  const hours = Math.floor(ms / 3_600_000)
  return {
    label:
      days === 0
        ? tn(hours, '{count} hour left', '{count} hours left')
        : tn(days, '{count} day left', '{count} days left'),
    tone: days < SOON_DAYS ? 'warn' : 'idle',
  }
}

/** "in 31 days": when something is to be done by itself. */
export function sayUntil(at: string, now: Date): string {
  const ms = Date.parse(at) - now.getTime()
  if (ms < 60_000) return t('now')
  if (ms < 3_600_000) return tn(Math.floor(ms / 60_000), 'in {count} minute', 'in {count} minutes')
  if (ms < DAY_MS) return tn(Math.floor(ms / 3_600_000), 'in {count} hour', 'in {count} hours')
  return tn(Math.floor(ms / DAY_MS), 'in {count} day', 'in {count} days')
}

const EVENT: Record<CertificateEvent['kind'], Label> = {
  wanted: { label: t('A certificate is wanted'), tone: 'idle' },
  waiting: { label: t('Waits'), tone: 'warn' },
  ordered: { label: t('Ordered'), tone: 'busy' },
  refused: { label: t('Refused'), tone: 'bad' },
  issued: { label: t('Issued'), tone: 'good' },
  dropped: { label: t('Nothing leads here any more'), tone: 'idle' },
}

export function eventLabel({ kind, issuer }: CertificateEvent): Label {
  const { label, tone } = EVENT[kind]
  if (issuer === null) return { label, tone }
  return {
    label:
      kind === 'ordered'
        ? t('{label} from {issuer}', { label, issuer })
        : t('{label} by {issuer}', { label, issuer }),
    tone,
  }
}

export function issuerLabel({ isEnabled, restUntil, stagesFor }: Issuer, now: Date): Label {
  if (!isEnabled) return { label: t('off'), tone: 'idle' }
  if (restUntil !== null && Date.parse(restUntil) > now.getTime())
    return { label: t('left alone for now'), tone: 'warn' }
  return stagesFor === null
    ? { label: t('on'), tone: 'good' }
    : { label: t('for trying out'), tone: 'idle' }
}
