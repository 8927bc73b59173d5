import type { AlertCondition, AlertSubject, Severity } from '@vastrox/shared/alert.ts'
import { CONDITION_METRICS } from '@vastrox/shared/alert-rule.ts'
import type { MetricUnit } from '@vastrox/shared/metric.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

export const SEVERITY: Record<Severity, { label: string; tone: Tone; words: string }> = {
  critical: { label: t('Critical'), tone: 'bad', words: t('Visitors or data suffer now.') },
  warning: { label: t('Warning'), tone: 'warn', words: t('They will, if nobody does anything.') },
  info: { label: t('Info'), tone: 'busy', words: t('Worth knowing.') },
}

export const SUBJECT_WORD: Record<AlertSubject['kind'], string> = {
  app: t('App'),
  addon: 'Add-on',
  node: t('Node'),
  disk: t('Disk'),
  certificate: t('Certificate'),
  backup: t('Backup'),
  destination: t('Destination'),
  uptime: t('Uptime check'),
  channel: t('Channel'),
  platform: t('Vastrox'),
}

export const OF_WORD: Record<AlertCondition['of'], string> = {
  edge: t('Visitors of an app'),
  instance: t('An instance of an app'),
  app: t('An app, all instances'),
  addon: t('A database'),
  node: t('The node'),
  disk: t('A disk'),
  platform: t('A process of Vastrox'),
  uptime: t('An uptime check'),
}

export const AGGREGATE_WORD: Record<AlertCondition['aggregate'], string> = {
  each: t('each by itself'),
  max: t('the highest'),
  min: t('the lowest'),
  sum: t('added up'),
  avg: t('on average'),
}

/** What a condition may be over, with its words. */
export const metricsFor = (of: AlertCondition['of']): [metric: string, words: string][] =>
  Object.entries(CONDITION_METRICS[of] ?? {}).map(([metric, { words }]) => [metric, words])

export const unitOf = ({ of, metric }: Pick<AlertCondition, 'of' | 'metric'>): MetricUnit =>
  CONDITION_METRICS[of]?.[metric]?.unit ?? 'count'

const FACTOR: Partial<Record<MetricUnit, { label: string; factor: number }>> = {
  bytes: { label: 'MB', factor: 2 ** 20 },
  'bytes/s': { label: 'KB/s', factor: 1_024 },
  percent: { label: '%', factor: 1 },
  cores: { label: t('cores'), factor: 1 },
  'per second': { label: t('/s'), factor: 1 },
  ms: { label: t('ms'), factor: 1 },
  days: { label: t('days'), factor: 1 },
}

/** How a limit is typed: megabytes, not bytes. */
export const typedUnit = (unit: MetricUnit): { label: string | undefined; factor: number } =>
  FACTOR[unit] ?? { label: undefined, factor: 1 }

/**
 * How often a condition would have come about in what was measured: it has to be so for its time
 * without a break, and be well beyond the clear limit before it can come again.
 */
export function timesFired(
  times: readonly number[],
  values: readonly (number | null)[],
  { is, limit, clearLimit = limit, forMs = 300_000 }: Partial<AlertCondition> & { limit: number },
): number {
  const isBeyond = (value: number, edge: number): boolean =>
    is === 'below' ? value < edge : value > edge
  let since: number | undefined
  let isFiring = false
  let count = 0
  for (const [at, value] of values.entries()) {
    const time = times[at]
    if (value === null || time === undefined) continue
    if (isFiring) {
      isFiring = isBeyond(value, clearLimit)
      continue
    }
    if (!isBeyond(value, limit)) {
      since = undefined
      continue
    }
    since ??= time
    if ((time - since) * 1_000 < forMs) continue
    count += 1
    isFiring = true
    since = undefined
  }
  return count
}

/** Where a link of an alert leads: only ever a page of this dashboard. */
export function pathOf(link: string | null): string | undefined {
  if (link === null) return undefined
  const path = /^https?:/.test(link) ? (URL.parse(link)?.pathname ?? '') : link
  return /^\/(?![/\\])/.test(path) ? path : undefined
}
