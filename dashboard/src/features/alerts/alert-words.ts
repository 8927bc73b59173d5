import type { AlertCondition, AlertSubject, Severity } from '@vastrox/shared/alert.ts'
import { CONDITION_METRICS } from '@vastrox/shared/alert-rule.ts'
import type { MetricUnit } from '@vastrox/shared/metric.ts'
import type { Tone } from '#ui/tone.ts'

export const SEVERITY: Record<Severity, { label: string; tone: Tone; words: string }> = {
  critical: { label: 'Critical', tone: 'bad', words: 'Visitors or data suffer now.' },
  warning: { label: 'Warning', tone: 'warn', words: 'They will, if nobody does anything.' },
  info: { label: 'Info', tone: 'busy', words: 'Worth knowing.' },
}

export const SUBJECT_WORD: Record<AlertSubject['kind'], string> = {
  app: 'App',
  addon: 'Add-on',
  node: 'Node',
  disk: 'Disk',
  certificate: 'Certificate',
  backup: 'Backup',
  destination: 'Destination',
  uptime: 'Uptime check',
  channel: 'Channel',
  platform: 'Vastrox',
}

export const OF_WORD: Record<AlertCondition['of'], string> = {
  edge: 'Visitors of an app',
  instance: 'An instance of an app',
  app: 'An app, all instances',
  addon: 'A database',
  node: 'The node',
  disk: 'A disk',
  platform: 'A process of Vastrox',
  uptime: 'An uptime check',
}

export const AGGREGATE_WORD: Record<AlertCondition['aggregate'], string> = {
  each: 'each by itself',
  max: 'the highest',
  min: 'the lowest',
  sum: 'added up',
  avg: 'on average',
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
  cores: { label: 'cores', factor: 1 },
  'per second': { label: '/s', factor: 1 },
  ms: { label: 'ms', factor: 1 },
  days: { label: 'days', factor: 1 },
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
