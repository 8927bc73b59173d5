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
import { KEEP_OPTIONS, KEEP_USAGE, keep } from '#commands/keep-words.ts'
import { megabytes, show, table } from '#commands/output.ts'
import { workWith } from '#commands/terminal.ts'

/** What is in databases, who comes to them from outside, and what is in their trash. */
export const addonAccessCommands: readonly Command[] = [
  {
    name: 'addons:logs',
    usage: `<name> [-f] [-n 100] ${FILTER_USAGE}`,
    summary:
      'Print the last lines of a database’s log, or those that are looked for; -f goes on with what comes',
    permission: 'addon.read',
    options: FILTER_OPTIONS,
    takes: [1, 1],
    async run(context, args) {
      const { actor, signal } = context
      const { logs } = await context.addons()
      const name = positional(args, 0)
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      const filter = filterOf(args)
      await printLines(
        context,
        args.options['follow'] === true
          ? logs.follow(actor, name, { limit, filter }, signal)
          : await logs.tail(actor, name, limit, filter, signal),
      )
    },
  },
  {
    name: 'addons:logs:keep',
    usage: `<name> ${KEEP_USAGE}`,
    summary:
      'Show or change how long lines of a database are kept, how many, and how fast it may print',
    permission: 'addon.read',
    options: KEEP_OPTIONS,
    takes: [1, 1],
    run: async (context, args) => keep(context, args, (await context.addons()).logs.settings),
  },
  {
    name: 'addons:console',
    usage: '<name> [--app shop]',
    summary: 'psql, mariadb or redis-cli in the database, as the platform or as an app’s user',
    permission: 'addon.open',
    options: { app: { type: 'string', short: 'a' }, 'no-tty': { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const { service } = await context.addons()
      const { terminal } = context
      const session = await service.openConsole(
        context.actor,
        positional(args, 0),
        textOption(args, 'app'),
        {
          terminal: args.options['no-tty'] === true ? null : (terminal?.size ?? null),
          term: terminal?.term,
          stdin: terminal?.hasInput ?? false,
        },
        context.signal,
      )
      return workWith(context, session)
    },
  },
  {
    name: 'addons:expose',
    usage: '<name> --from 203.0.113.7 [--minutes 60]',
    summary: 'Open a database to one address outside, for a time',
    permission: 'addon.expose',
    options: { from: { type: 'string' }, minutes: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const { exceptions } = await context.addons()
      const from = textOption(args, 'from')
      if (from === undefined) throw new UsageError('Say for whom: --from and an address.')
      const minutes = numberOption(args, 'minutes', 1) ?? 60
      if (minutes > 1_440) throw new UsageError('--minutes takes at most 1440, a day.')
      const made = await exceptions.create(context.actor, positional(args, 0), { from, minutes })
      await show(
        context,
        made,
        () => `${made.from} may connect at port ${made.port} until ${made.until}.\n`,
      )
    },
  },
  {
    name: 'addons:exceptions',
    usage: '<name>',
    summary: 'List the addresses outside that may connect to a database now',
    permission: 'addon.read',
    takes: [1, 1],
    async run(context, args) {
      const { exceptions } = await context.addons()
      const all = exceptions.list(context.actor, positional(args, 0))
      await show(context, all, () =>
        table(
          ['Id', 'From', 'Port', 'Until'],
          all.map(({ id, from, port, until }) => [id, from, String(port), until]),
        ),
      )
    },
  },
  {
    name: 'addons:unexpose',
    usage: '<name> <id>',
    summary: 'Shut a database to an address outside again',
    permission: 'addon.expose',
    takes: [2, 2],
    async run(context, args) {
      const { exceptions } = await context.addons()
      const id = positional(args, 1)
      await exceptions.remove(context.actor, positional(args, 0), id)
      await show(context, { removed: id }, () => 'Shut.\n')
    },
  },
  {
    name: 'addons:destroy',
    usage: '<name> --confirm <name>',
    summary: 'Stop a database and put it into the trash, with its data',
    permission: 'addon.destroy',
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const { trash } = await context.addons()
      const name = positional(args, 0)
      await trash.destroy(context.actor, name, textOption(args, 'confirm') ?? '')
      await show(context, { destroyed: name }, () => `${name} is in the trash, for 7 days.\n`)
    },
  },
  {
    name: 'addons:trash',
    usage: '',
    summary: 'List the databases in the trash',
    permission: 'addon.read',
    takes: [0, 0],
    async run(context) {
      const addons = await (await context.addons()).trash.list(context.actor)
      await show(context, addons, () =>
        table(
          ['Id', 'Name', 'Kind', 'Size', 'Destroyed', 'Can be purged from'],
          addons.map((one) => [
            one.id,
            one.name,
            `${one.kind} ${one.version}`,
            megabytes(one.sizeBytes),
            one.destroyedAt,
            one.isPurging ? 'being removed' : one.purgeableAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'addons:restore',
    usage: '<id> [--name shop-db]',
    summary: 'Take a database out of the trash',
    permission: 'addon.create',
    options: { name: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const { trash } = await context.addons()
      const addon = trash.restore(context.actor, positional(args, 0), textOption(args, 'name'))
      await show(context, addon, () => `${addon.name} is started again.\n`)
    },
  },
  {
    name: 'addons:purge',
    usage: '<id> --confirm <name>',
    summary: 'Remove a database that has been in the trash for 7 days, data and all',
    permission: 'addon.destroy',
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const { trash } = await context.addons()
      const id = positional(args, 0)
      await trash.purge(context.actor, id, textOption(args, 'confirm') ?? '')
      await show(context, { purged: id }, () => 'Purged.\n')
    },
  },
]
