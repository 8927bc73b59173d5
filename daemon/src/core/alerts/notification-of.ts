import type { Severity } from '@vastrox/shared/alert.ts'
import type { Notification } from '@vastrox/shared/channel.ts'
import type { AlertRecord } from '#store/alert-store.ts'

/** What is said together. */
export interface Told {
  key: string
  kind: 'alert' | 'resolved'
  /** What the rule is called. */
  rule: string
  /** At least one; all of one rule. */
  alerts: readonly AlertRecord[]
  /** Held back since they follow from these. */
  followers: readonly { alert: AlertRecord; rule: string }[]
  /** Told together with those that are over, and firing still. */
  still: readonly AlertRecord[]
  isReminder: boolean
  at: Date
}

const MOST_NAMED = 20
const MAX_TITLE = 200
const MAX_TEXT = 4_000
const MAX_VALUE = 300
const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 }

/** One message of one or more alerts, in words that stand alone. */
export function notificationOf(
  told: Told,
  { dashboardUrl, appNameOf }: { dashboardUrl: string; appNameOf: (appId: string) => string },
): Notification {
  const { alerts, kind, at } = told
  const [first] = alerts
  if (!first) throw new Error('there is nothing to tell')
  const isOne = alerts.length === 1
  const apps = new Set(alerts.map(({ appId }) => appId))
  const [appId] = apps
  const worst = alerts.reduce<Severity>(
    (worst, { severity }) => (RANK[severity] > RANK[worst] ? severity : worst),
    'info',
  )
  return {
    key: told.key,
    kind,
    severity: worst,
    title: titleOf(told).slice(0, MAX_TITLE),
    text: linesOf(told).join('\n').slice(0, MAX_TEXT),
    fields: fieldsOf(told, appNameOf)
      .slice(0, 12)
      .map(({ name, value }) => ({ name, value: value.slice(0, MAX_VALUE) })),
    url: `${dashboardUrl}${isOne ? first.link : '/alerts'}`,
    app: apps.size === 1 && appId !== null && appId !== undefined ? appNameOf(appId) : null,
    at: at.toISOString(),
  }
}

function titleOf({ alerts, kind, rule, followers, isReminder }: Told): string {
  const [first] = alerts
  const what = alerts.length === 1 ? (first?.title ?? '') : `${rule}: ${namesOf(alerts, 5)}`
  if (kind === 'resolved') return `Well again: ${what}`
  const more = followers.length > 0 ? ` (and ${followers.length} that may come of it)` : ''
  return isReminder ? `Still: ${what}${more}` : `${what}${more}`
}

function linesOf({ alerts, kind, followers, still, at }: Told): string[] {
  const isOne = alerts.length === 1
  const shown = alerts
    .slice(0, MOST_NAMED)
    .map((alert) =>
      isOne
        ? `${alert.detail}\n${timesOf(alert, kind, at)}`
        : `- ${alert.title}. ${timesOf(alert, kind, at)}`,
    )
  if (alerts.length > MOST_NAMED) shown.push(`and ${alerts.length - MOST_NAMED} more`)
  const befores = kind === 'alert' ? beforesOf(alerts) : []
  const held =
    followers.length === 0
      ? []
      : [
          kind === 'resolved' ? 'What may have come of it:' : 'What may come of it:',
          ...followers
            .slice(0, MOST_NAMED)
            .map(({ alert, rule }) => `- ${alert.subject.name}: ${rule}`),
          ...(followers.length > MOST_NAMED ? [`and ${followers.length - MOST_NAMED} more`] : []),
        ]
  const rest = still.length === 0 ? [] : [`Still firing: ${namesOf(still, MOST_NAMED)}.`]
  return [...shown, ...befores, ...held, ...rest].filter((line) => line !== '')
}

function timesOf(alert: AlertRecord, kind: Told['kind'], at: Date): string {
  const since = clockTime(alert.since)
  if (kind === 'alert') return `Since ${since}.`
  const end = alert.resolvedAt ?? at.toISOString()
  return `From ${since} to ${clockTime(end)} (${lasted(alert.since, end)}).`
}

/** Each of them once, the newest first. */
function beforesOf(alerts: readonly AlertRecord[]): string[] {
  const befores = alerts
    .flatMap(({ before }) => before ?? [])
    .toSorted((one, other) => other.at.localeCompare(one.at))
  const lines = befores.map(({ at, title }) => `Just before, at ${clockTime(at)}: ${title}.`)
  return [...new Set(lines)].slice(0, 3)
}

function fieldsOf(
  { alerts, kind, rule, at }: Told,
  appNameOf: (appId: string) => string,
): Notification['fields'] {
  const [first] = alerts
  if (!first) return []
  if (alerts.length > 1)
    return [
      { name: 'Rule', value: rule },
      { name: 'Of', value: namesOf(alerts, 10) },
    ]
  const { appId, subject, before } = first
  return [
    appId === null
      ? { name: 'Of', value: subject.name === '' ? 'Vastrox' : subject.name }
      : { name: 'App', value: appNameOf(appId) },
    { name: 'Rule', value: rule },
    { name: 'Since', value: clockTime(first.since) },
    ...(kind === 'resolved'
      ? [{ name: 'Lasted', value: lasted(first.since, first.resolvedAt ?? at.toISOString()) }]
      : []),
    ...(before !== null && kind === 'alert'
      ? [{ name: 'Just before', value: `${clockTime(before.at)} ${before.title}` }]
      : []),
  ]
}

function namesOf(alerts: readonly AlertRecord[], most: number): string {
  const names = [...new Set(alerts.map(({ subject }) => subject.name))]
  const rest = names.length - most
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ')
}

/** "2026-11-27 14:03 UTC" */
const clockTime = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`

function lasted(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000))
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`
  return `${Math.round(minutes / 1_440)} days`
}
