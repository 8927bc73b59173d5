import { AddLogDrain, ChangeLogDrain, type LogDrain } from '@vastrox/shared/log-drain.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  EXIT_FAILED,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'
import { parsed } from '#commands/settings-words.ts'

const permission = 'channel.manage'
const PIPED = {
  'secret-stdin': { type: 'boolean' },
  'ca-stdin': { type: 'boolean' },
} as const

export const drainCommands: readonly Command[] = [
  {
    name: 'drains',
    aliases: ['drains:list'],
    usage: '',
    summary: 'List where logs are sent on to, with what was sent and dropped',
    permission,
    takes: [0, 0],
    async run(context) {
      const all = (await context.drains()).list(context.actor)
      await show(context, all, () =>
        all.length === 0
          ? 'None. vastrox drains:add syslog logs.example.com:6514, or: drains:add http https://logs.example.com/in --secret-stdin\n'
          : tableOf(all),
      )
    },
  },
  {
    name: 'drains:add',
    usage:
      '<syslog|http> <target> [--app blog] [--format ndjson|array] [--secret-stdin] [--ca-stdin]',
    summary: 'Send logs on. The secret, or the certificates of an authority, are piped in',
    permission,
    options: { ...PIPED, app: { type: 'string' }, format: { type: 'string' } },
    takes: [2, 2],
    async run(context, args) {
      const app = textOption(args, 'app')
      const format = textOption(args, 'format')
      const wish = parsed(AddLogDrain, {
        kind: positional(args, 0),
        target: positional(args, 1),
        ...(app === undefined ? {} : { app }),
        ...(format === undefined ? {} : { format }),
        ...pipedIn(context, args),
      })
      const added = await (await context.drains()).add(context.actor, wish)
      await show(
        context,
        added,
        () => `${tableOf([added])}Try it: vastrox drains:test ${added.id}\n`,
      )
    },
  },
  {
    name: 'drains:change',
    usage: '<id> [--on yes|no] [--secret-stdin] [--ca-stdin]',
    summary: 'Switch a log drain on or off, or give it another secret or certificate',
    permission,
    options: { ...PIPED, on: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const on = textOption(args, 'on')
      if (on !== undefined && on !== 'yes' && on !== 'no')
        throw new UsageError('--on takes yes or no.')
      const wish = parsed(ChangeLogDrain, {
        ...(on === undefined ? {} : { isOn: on === 'yes' }),
        ...pipedIn(context, args),
      })
      const changed = await (await context.drains()).change(
        context.actor,
        positional(args, 0),
        wish,
      )
      await show(context, changed, () => tableOf([changed]))
    },
  },
  {
    name: 'drains:test',
    usage: '<id>',
    summary: 'Send one line, and print what becomes of it',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const drains = await context.drains()
      const answer = await drains.test(context.actor, positional(args, 0), context.signal)
      await show(context, answer, () => `${answer.answer} (${answer.tookMs} ms)\n`)
      return answer.isTaken ? 0 : EXIT_FAILED
    },
  },
  {
    name: 'drains:remove',
    usage: '<id>',
    summary: 'Remove a log drain; what waits for it is not sent any more',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      await (await context.drains()).remove(context.actor, id)
      await show(context, { removed: id }, () => 'No logs are sent there any more.\n')
    },
  },
]

/** Others see what is on a command line: neither is taken from there. */
function pipedIn(
  { stdin }: CommandContext,
  { options }: Arguments,
): { secret?: string; caPem?: string } {
  const [isSecret, isCa] = [options['secret-stdin'] === true, options['ca-stdin'] === true]
  if (!isSecret && !isCa) return {}
  if (isSecret && isCa) throw new UsageError('Pipe in one of them, and the other by drains:change.')
  if (stdin === undefined) throw new UsageError('Nothing was piped in.')
  return isSecret ? { secret: stdin.replace(/\n$/, '') } : { caPem: stdin }
}

const tableOf = (drains: readonly LogDrain[]): string =>
  table(
    ['Id', 'Kind', 'App', 'Sent', 'Waiting', 'Dropped', 'State', 'Target'],
    drains.map((one) => [
      one.id,
      one.kind,
      one.app ?? 'all',
      String(one.sentLines),
      String(one.waitingLines),
      String(one.droppedLines),
      one.failingSince === null
        ? one.state
        : `fails since ${one.failingSince}: ${one.reason ?? ''}`,
      one.target,
    ]),
  )
