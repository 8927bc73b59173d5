import { CodedError } from '@vastrox/shared/errors.ts'
import { ChangeLogSettings, type FoundLine, LogFilter } from '@vastrox/shared/log.ts'
import {
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { bytesOf, facts, harmless, show } from '#commands/output.ts'

const DEFAULT_LINES = 100

export const logCommands: readonly Command[] = [
  {
    name: 'logs',
    aliases: ['logs:tail'],
    usage:
      '<app> [-f] [-n 100] [--grep text] [--regex …] [--level warning] [--since 2h] [--until …] [--source web] [--stream stderr] [--field status=500]',
    summary:
      'Print the last lines of an app’s log, or those that are looked for; -f goes on with what comes',
    permission: 'logs.read',
    options: {
      follow: { type: 'boolean', short: 'f' },
      number: { type: 'string', short: 'n' },
      source: { type: 'string' },
      grep: { type: 'string' },
      regex: { type: 'string' },
      level: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      stream: { type: 'string' },
      release: { type: 'string' },
      field: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      const now = Date.now()
      const parsed = LogFilter.safeParse({
        source: textOption(args, 'source'),
        text: textOption(args, 'grep'),
        regex: textOption(args, 'regex'),
        level: textOption(args, 'level'),
        stream: textOption(args, 'stream'),
        release: textOption(args, 'release'),
        fields: textOption(args, 'field'),
        from: timeOf(textOption(args, 'since'), now),
        to: timeOf(textOption(args, 'until'), now),
      })
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        throw new CodedError('LOG_FILTER_INVALID', {
          reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
        })
      }
      const print = (line: FoundLine): Promise<void> =>
        context.print(context.json ? `${JSON.stringify(line)}\n` : text(line))
      if (args.options['follow'] !== true) {
        for (const line of await context.logs.tail(
          context.actor,
          app,
          limit,
          parsed.data,
          context.signal,
        ))
          await print(line)
        return
      }
      const from = { limit, filter: parsed.data }
      const lines = context.logs.follow(context.actor, app, from, context.signal)
      for await (const line of lines) await print(line)
    },
  },
  {
    name: 'logs:keep',
    usage: '<app> [--days 30] [--size 100M] [--rate 10000]',
    summary:
      'Show or change how long lines of an app are kept, how many, and how fast it may print',
    permission: 'logs.read',
    options: {
      days: { type: 'string' },
      size: { type: 'string' },
      rate: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const size = textOption(args, 'size')
      const change = ChangeLogSettings.safeParse({
        keepDays: numberOption(args, 'days'),
        keepBytes: size === undefined ? undefined : sizeOf(size),
        linesPerSecond: numberOption(args, 'rate'),
      })
      if (!change.success) throw new UsageError(HOW)
      const isAsked = Object.values(change.data).every((value) => value === undefined)
      const view = isAsked
        ? await context.logs.settings.get(context.actor, app)
        : await context.logs.settings.change(context.actor, app, change.data)
      await show(context, view, () =>
        facts([
          ['kept', `${view.keepDays} days, at most ${bytesOf(view.keepBytes)}`],
          ['takes', `${bytesOf(view.usedBytes)} for ${bytesOf(view.lineBytes)} of lines`],
          ['oldest', view.oldestAt ?? '-'],
          ['rate', `${view.linesPerSecond} lines a second`],
          ['dropped', `${view.droppedLines} lines since Vastrox started`],
        ]),
      )
    },
  },
]

const HOW =
  'Say --days from 1 to 365, --size with its unit (50M, 2G; 1M at least), --rate from 10 lines a second on.'
const BY_UNIT: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 }

function sizeOf(text: string): number {
  const [, count, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([MG])i?B?$/i.exec(text) ?? []
  const bytes = BY_UNIT[unit?.toUpperCase() ?? '']
  if (count === undefined || bytes === undefined) throw new UsageError(HOW)
  return Math.round(Number(count) * bytes)
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 }

/** `30m`, `2h`, `7d` ago, or a time. */
function timeOf(said: string | undefined, now: number): string | undefined {
  if (said === undefined) return undefined
  const ago = /^(\d{1,6})([smhd])$/.exec(said)
  const ms = ago ? now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0) : Date.parse(said)
  if (Number.isNaN(ms))
    throw new CodedError('LOG_FILTER_INVALID', {
      reason: `"${said}" is no time: write 30m, 2h or 7d for so long ago, or 2026-11-22T17:00:00Z`,
    })
  return new Date(ms).toISOString()
}

const text = ({ at, source, text: said }: FoundLine): string =>
  `${at.slice(0, 19)}Z ${source.padEnd(8)} | ${harmless(said)}\n`
