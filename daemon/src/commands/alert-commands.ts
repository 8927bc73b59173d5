import { AddSilence, type Alert, type Silence } from '@vastrox/shared/alert.ts'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

const DEFAULT_LISTED = 50
const MOST_LISTED = 200
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** What is wrong, who looks after it, and what nobody is told of. */
export const alertCommands: readonly Command[] = [
  {
    name: 'alerts',
    aliases: ['alerts:list'],
    usage: '[--resolved] [--app blog] [--rule errors] [--limit 50]',
    summary: 'What is wrong now, or with --resolved was',
    permission: 'alert.read',
    filtered: true,
    options: {
      resolved: { type: 'boolean' },
      app: { type: 'string' },
      rule: { type: 'string' },
      limit: { type: 'string' },
    },
    takes: [0, 0],
    async run(context, args) {
      const { alerts } = await context.alerts()
      const isOver = args.options['resolved'] === true
      const { items } = alerts.list(context.actor, {
        state: isOver ? 'resolved' : 'firing',
        app: textOption(args, 'app'),
        rule: textOption(args, 'rule'),
        limit: Math.min(MOST_LISTED, numberOption(args, 'limit', 1) ?? DEFAULT_LISTED),
      })
      const { hasChannel } = alerts.summary(context.actor)
      await show(context, items, () =>
        [
          items.length === 0 ? (isOver ? 'None.\n' : 'All is well.\n') : alertTable(items),
          hasChannel ? '' : 'Nobody is told: there is no channel. vastrox channels:add\n',
        ].join(''),
      )
    },
  },
  {
    name: 'alerts:info',
    usage: '<id>',
    summary: 'All that is known of an alert',
    permission: 'alert.read',
    filtered: true,
    takes: [1, 1],
    async run(context, args) {
      const { alerts } = await context.alerts()
      const alert = alerts.get(context.actor, positional(args, 0))
      await show(context, alert, () => factsOf(alert))
    },
  },
  {
    name: 'alerts:acknowledge',
    aliases: ['alerts:ack'],
    usage: '<id>',
    summary: 'Say that you look after an alert: nobody is reminded of it',
    permission: 'alert.answer',
    takes: [1, 1],
    async run(context, args) {
      const { alerts } = await context.alerts()
      const alert = alerts.acknowledge(context.actor, positional(args, 0))
      await show(context, alert, () => `${alert.acknowledgedBy} looks after: ${alert.title}\n`)
    },
  },
  {
    name: 'alerts:silence',
    usage: '--for 2h [--rule errors] [--app blog] [--reason "moving the database"]',
    summary: 'Tell nobody of a rule, an app or all for a while',
    permission: 'alert.answer',
    options: {
      for: { type: 'string' },
      rule: { type: 'string' },
      app: { type: 'string' },
      reason: { type: 'string' },
    },
    takes: [0, 0],
    async run(context, args) {
      const { silences } = await context.alerts()
      const wish = AddSilence.safeParse({
        rule: textOption(args, 'rule') ?? null,
        app: textOption(args, 'app') ?? null,
        reason: textOption(args, 'reason') ?? '',
        forMs: durationOption(args, 'for'),
      })
      if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'It is not valid.')
      const silence = silences.add(context.actor, wish.data)
      await show(context, silence, () => `Silent until ${silence.until}: ${silence.id}\n`)
    },
  },
  {
    name: 'alerts:silences',
    usage: '',
    summary: 'What nobody is told of for a while',
    permission: 'alert.read',
    filtered: true,
    takes: [0, 0],
    async run(context) {
      const { silences } = await context.alerts()
      const found = silences.list(context.actor)
      await show(context, found, () => (found.length === 0 ? 'None.\n' : silenceTable(found)))
    },
  },
  {
    name: 'alerts:unsilence',
    usage: '<silence>',
    summary: 'Tell people again, of what fires meanwhile too',
    permission: 'alert.answer',
    takes: [1, 1],
    async run(context, args) {
      const { silences } = await context.alerts()
      const id = positional(args, 0)
      silences.remove(context.actor, id)
      await show(context, { removed: id }, () => 'People are told again.\n')
    },
  },
]

/** `90s`, `15m`, `2h`, `3d` in milliseconds; undefined where it was left out. */
export function durationOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const unitMs = unit === undefined ? undefined : UNITS[unit]
  if (count === undefined || unitMs === undefined)
    throw new UsageError(`--${name} is a time like 90s, 15m, 2h or 3d.`)
  return Number(count) * unitMs
}

const alertTable = (alerts: readonly Alert[]): string =>
  table(
    ['Id', 'Severity', 'Since', 'Over', 'App', 'Rule', 'What'],
    alerts.map((alert) => [
      alert.id,
      alert.severity,
      alert.since,
      alert.resolvedAt ?? noteOf(alert),
      alert.app ?? '-',
      alert.rule,
      alert.title,
    ]),
  )

function noteOf({ acknowledgedBy, silencedUntil, becauseOf }: Alert): string {
  if (silencedUntil !== null) return 'silent'
  if (becauseOf !== null) return 'comes of another'
  return acknowledgedBy === null ? '-' : `by ${acknowledgedBy}`
}

const factsOf = (alert: Alert): string =>
  facts([
    ['What', alert.title],
    ['Detail', alert.detail],
    ['Severity', alert.severity],
    ['State', alert.isDataMissing ? `${alert.state}, nothing is measured now` : alert.state],
    ['Rule', alert.rule],
    ['App', alert.app ?? '-'],
    ['Since', alert.since],
    ['Resolved', alert.resolvedAt ?? '-'],
    ['Just before', alert.before === null ? '-' : `${alert.before.at} ${alert.before.title}`],
    ['Looked after by', alert.acknowledgedBy ?? '-'],
    ['Silent until', alert.silencedUntil ?? '-'],
    ['Comes of', alert.becauseOf ?? '-'],
  ])

const silenceTable = (silences: readonly Silence[]): string =>
  table(
    ['Id', 'Until', 'Rule', 'App', 'By', 'Why'],
    silences.map(({ id, until, rule, app, by, reason }) => [
      id,
      until,
      rule ?? 'every',
      app ?? 'every',
      by,
      reason,
    ]),
  )
