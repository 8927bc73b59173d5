import type { LogDrain } from '@vastrox/shared/log-drain.ts'
import { t } from '#lib/words.ts'

/** How lines travel to it, and whether others could read them on their way. */
export function sayWay({ kind, target }: Pick<LogDrain, 'kind' | 'target'>): string {
  if (kind === 'http')
    return target.startsWith('http://') ? t('HTTP, not encrypted') : t('HTTPS, JSON')
  return target.startsWith('tcp://') ? t('syslog, not encrypted') : t('syslog over TLS')
}
