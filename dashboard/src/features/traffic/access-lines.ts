import type { AccessLine } from '@vastrox/shared/traffic.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

/** What is asked for, as it stands in the fields. */
export interface AccessFilter {
  status: string
  path: string
  client: string
}

export const ALL: AccessFilter = { status: '', path: '', client: '' }

/** What the server is asked for; fields that are empty are left out. */
export function filterQuery({ status, path, client }: AccessFilter): string {
  const query = new URLSearchParams()
  if (status !== '') query.set('status', status)
  if (path.trim() !== '') query.set('path', path.trim())
  if (client.trim() !== '') query.set('client', client.trim())
  return query.toString()
}

export function statusTone(status: number): Tone {
  if (status >= 500) return 'bad'
  if (status === 499) return 'busy'
  if (status >= 400) return 'warn'
  return status >= 300 ? 'idle' : 'good'
}

/** The address as it was asked for. */
export const addressOf = ({ path, query }: AccessLine): string =>
  query === '' ? path : `${path}?${query}`

/** What is odd about a line, in a few words; undefined where nothing is. */
export function oddity({
  status,
  complete,
  percent,
  isUptimeCheck,
}: AccessLine): string | undefined {
  if (status === 499) return t('left before the answer')
  if (!complete) return t('broke off')
  if (isUptimeCheck) return t('uptime check')
  return percent < 100
    ? t('one of {percent}', { percent: Math.round(100 / Math.max(1, percent)) })
    : undefined
}
