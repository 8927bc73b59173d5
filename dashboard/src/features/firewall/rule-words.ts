import type { FirewallRule } from '@vastrox/shared/firewall-rule.ts'
import { language } from '#lib/language.ts'
import { t, tn } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

type Rule = Pick<FirewallRule, 'action' | 'protocol' | 'ports' | 'sources' | 'ratePerMinute'>

export const ACTION: Record<FirewallRule['action'], { label: string; tone: Tone }> = {
  allow: { label: t('Allow'), tone: 'good' },
  deny: { label: t('Deny'), tone: 'bad' },
  limit: { label: t('Limit'), tone: 'warn' },
  log: { label: t('Log'), tone: 'idle' },
}

/** "5432 over TCP", "every port", "ICMP". */
export function sayPorts({ protocol, ports }: Pick<Rule, 'protocol' | 'ports'>): string {
  if (protocol === 'icmp') return 'ICMP'
  const shown = ports.length === 0 ? t('every port') : ports.join(', ')
  if (protocol === 'any') return shown
  return t('{ports} over {protocol}', { ports: shown, protocol: protocol.toUpperCase() })
}

export function saySources({ sources }: Pick<Rule, 'sources'>): string {
  if (sources.length === 0) return t('from anywhere')
  const shown = sources.slice(0, 3).join(', ')
  return sources.length > 3
    ? t('from {shown} and {sources} more', { shown, sources: sources.length - 3 })
    : t('from {shown}', { shown })
}

/** The list with one rule moved by one place; the same list where there is no such place. */
export function moved<Item>(items: readonly Item[], from: number, by: -1 | 1): readonly Item[] {
  const to = from + by
  const item = items[from]
  if (item === undefined || to < 0 || to >= items.length) return items
  return items.toSpliced(from, 1).toSpliced(to, 0, item)
}

/** Seconds until the change goes back, never below 0. */
export const secondsLeft = (until: string, now: Date): number =>
  Math.max(0, Math.ceil((Date.parse(until) - now.getTime()) / 1_000))

const compact = new Intl.NumberFormat(language, { notation: 'compact' })
export const sayPackets = (packets: number): string =>
  tn(packets, '{count} packet', '{count} packets', { count: compact.format(packets) })
