import { type Command, numberOption, positional } from '#commands/command.ts'
import {
  DEFAULT_LINES,
  FILTER_OPTIONS,
  FILTER_USAGE,
  filterOf,
  printLines,
} from '#commands/log-words.ts'
import { KEEP_OPTIONS, KEEP_USAGE, keep } from '#commands/keep-words.ts'

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
    usage: `<app> ${KEEP_USAGE}`,
    summary:
      'Show or change how long lines of an app are kept, how many, and how fast it may print',
    permission: 'logs.read',
    options: KEEP_OPTIONS,
    takes: [1, 1],
    run: (context, args) => keep(context, args, context.logs.settings),
  },
]
