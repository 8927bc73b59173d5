import { ChangeLogSettings } from '@vastrox/shared/log.ts'
import {
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import {
  DEFAULT_LINES,
  FILTER_OPTIONS,
  FILTER_USAGE,
  filterOf,
  printLines,
} from '#commands/log-words.ts'
import { bytesOf, facts, show } from '#commands/output.ts'

export const logCommands: readonly Command[] = [
  {
    name: 'logs',
    aliases: ['logs:tail'],
    usage: `<app> [-f] [-n 100] ${FILTER_USAGE} [--source web] [--stream stderr]`,
    summary:
      'Print the last lines of an app’s log, or those that are looked for; -f goes on with what comes',
    permission: 'logs.read',
    options: FILTER_OPTIONS,
    takes: [1, 1],
    async run(context, args) {
      const { actor, logs, signal } = context
      const app = positional(args, 0)
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      const filter = filterOf(args)
      await printLines(
        context,
        args.options['follow'] === true
          ? logs.follow(actor, app, { limit, filter }, signal)
          : await logs.tail(actor, app, limit, filter, signal),
      )
    },
  },
  {
    name: 'logs:platform',
    usage: `[process] [-f] [-n 100] ${FILTER_USAGE}`,
    summary:
      'Print the last lines that Vastrox’s own processes printed (daemon, agent, supervisor, proxy …); -f goes on',
    permission: 'node.read',
    options: FILTER_OPTIONS,
    takes: [0, 1],
    async run(context, args) {
      const { actor, signal } = context
      const logs = await context.platformLogs()
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      const [source] = args.positionals
      const filter = { ...filterOf(args), ...(source === undefined ? {} : { source }) }
      await printLines(
        context,
        args.options['follow'] === true
          ? logs.follow(actor, { limit, filter }, signal)
          : await logs.tail(actor, limit, filter, signal),
      )
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
