import type { LogDrain } from '@vastrox/shared/log-drain.ts'

/** How lines travel to it, and whether others could read them on their way. */
export function sayWay({ kind, target }: Pick<LogDrain, 'kind' | 'target'>): string {
  if (kind === 'http') return target.startsWith('http://') ? 'HTTP, not encrypted' : 'HTTPS, JSON'
  return target.startsWith('tcp://') ? 'syslog, not encrypted' : 'syslog over TLS'
}
