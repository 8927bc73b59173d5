import { Severity } from '@vastrox/shared/alert.ts'
import { AddChannel, ChangeChannel, type Channel } from '@vastrox/shared/channel.ts'
import {
  type Arguments,
  type Command,
  EXIT_FAILED,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'
import { parsed, propertiesOf, settingsOf } from '#commands/settings-words.ts'

const permission = 'channel.manage'
const DEFAULT_LISTED = 50
const ALL = 'all'
const WISHES = {
  severity: { type: 'string' },
  apps: { type: 'string' },
  deployments: { type: 'string' },
  name: { type: 'string' },
} as const

export const channelCommands: readonly Command[] = [
  {
    name: 'channels',
    aliases: ['channels:list'],
    usage: '',
    summary: 'List where notifications are sent',
    permission,
    takes: [0, 0],
    async run(context) {
      const all = (await context.channels()).list(context.actor)
      await show(context, all, () =>
        all.length === 0
          ? 'None. vastrox channels:kinds says what can be added: vastrox channels:add ntfy topic=-\n'
          : tableOf(all),
      )
    },
  },
  {
    name: 'channels:kinds',
    usage: '',
    summary: 'What kinds of channels there are, with their settings',
    permission,
    takes: [0, 0],
    async run(context) {
      const kinds = (await context.channels()).kinds(context.actor)
      await show(context, kinds, () =>
        kinds
          .map(({ kind, title, settings, neverShown }) => {
            const marked = Object.keys(propertiesOf(settings)).map((name) =>
              neverShown.includes(name) ? `${name} (secret)` : name,
            )
            return `${kind}  ${title}: ${marked.join(', ')}\n`
          })
          .join(''),
      )
    },
  },
  {
    name: 'channels:add',
    usage:
      '<kind> [setting=value …] [--name ops] [--severity info|warning|critical] [--apps blog,shop|all] [--deployments yes|no]',
    summary: 'Send notifications somewhere. A secret is piped in: webhookUrl=-',
    permission,
    options: WISHES,
    takes: [1, 30],
    async run(context, args) {
      const channels = await context.channels()
      const kind = positional(args, 0)
      const secrets = channels
        .kinds(context.actor)
        .flatMap((one) => (one.kind === kind ? one.neverShown : []))
      const wish = parsed(AddChannel, {
        ...wishesOf(args),
        kind,
        settings: settingsOf(context, args.positionals.slice(1), secrets),
      })
      const added = channels.add(context.actor, wish)
      await show(
        context,
        added,
        () => `${tableOf([added])}Try it: vastrox channels:test ${added.id}\n`,
      )
    },
  },
  {
    name: 'channels:change',
    usage:
      '<channel> [setting=value …] [--name ops] [--severity …] [--apps blog,shop|all] [--deployments yes|no] [--on yes|no]',
    summary: 'Change a channel; what is not named stays as it is',
    permission,
    options: { ...WISHES, on: { type: 'string' } },
    takes: [1, 30],
    async run(context, args) {
      const channels = await context.channels()
      const { id, kind } = channels.named(context.actor, positional(args, 0))
      const secrets = channels
        .kinds(context.actor)
        .flatMap((one) => (one.kind === kind ? one.neverShown : []))
      const settings = settingsOf(context, args.positionals.slice(1), secrets)
      const isOn = yesOrNo(args, 'on')
      const wish = parsed(ChangeChannel, {
        ...wishesOf(args),
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
        ...(isOn === undefined ? {} : { isOn }),
      })
      const changed = channels.change(context.actor, id, wish)
      await show(context, changed, () => tableOf([changed]))
    },
  },
  {
    name: 'channels:test',
    usage: '<channel>',
    summary: 'Send a test, and print what the other side says to it',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const channels = await context.channels()
      const { id, name } = channels.named(context.actor, positional(args, 0))
      const answer = await channels.test(context.actor, id, context.signal)
      await show(
        context,
        answer,
        () =>
          `${answer.isTaken ? `${name} has taken it` : `${name} has not taken it`} after ${answer.tookMs} ms: ${answer.answer}\n`,
      )
      return answer.isTaken ? 0 : EXIT_FAILED
    },
  },
  {
    name: 'channels:deliveries',
    usage: '<channel> [--limit 50]',
    summary: 'What was sent to a channel and what waits, newest first',
    permission,
    options: { limit: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const channels = await context.channels()
      const { id } = channels.named(context.actor, positional(args, 0))
      const limit = Math.min(200, numberOption(args, 'limit', 1) ?? DEFAULT_LISTED)
      const { items } = channels.listDeliveries(context.actor, id, { limit })
      await show(context, items, () =>
        items.length === 0
          ? 'Nothing was sent to it yet.\n'
          : table(
              ['At', 'State', 'Tries', 'Severity', 'Title', 'Answer'],
              items.map((one) => [
                one.createdAt,
                one.nextAttemptAt === null ? one.state : `again at ${one.nextAttemptAt}`,
                String(one.attempts),
                one.severity,
                one.title,
                one.lastAnswer ?? '',
              ]),
            ),
      )
    },
  },
  {
    name: 'channels:remove',
    usage: '<channel>',
    summary: 'Remove a channel, with what waits for it',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const channels = await context.channels()
      const { id, name } = channels.named(context.actor, positional(args, 0))
      channels.remove(context.actor, id)
      await show(context, { removed: id }, () => `${name} is told nothing any more.\n`)
    },
  },
]

function wishesOf(args: Arguments): Record<string, unknown> {
  const severity = textOption(args, 'severity')
  const apps = textOption(args, 'apps')
  const name = textOption(args, 'name')
  const withDeployments = yesOrNo(args, 'deployments')
  if (severity !== undefined && !Severity.safeParse(severity).success)
    throw new UsageError(`--severity takes ${Severity.options.join(', ')}.`)
  return {
    ...(name === undefined ? {} : { name }),
    ...(severity === undefined ? {} : { minSeverity: severity }),
    ...(apps === undefined ? {} : { apps: apps === ALL ? null : apps.split(',') }),
    ...(withDeployments === undefined ? {} : { withDeployments }),
  }
}

function yesOrNo(args: Arguments, name: string): boolean | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  if (text !== 'yes' && text !== 'no') throw new UsageError(`--${name} takes yes or no.`)
  return text === 'yes'
}

const tableOf = (channels: readonly Channel[]): string =>
  table(
    ['Id', 'Name', 'Kind', 'From', 'Apps', 'State', 'Where'],
    channels.map((one) => [
      one.id,
      one.name,
      one.kind,
      `${one.minSeverity}${one.withDeployments ? ', deployments' : ''}`,
      one.apps?.join(', ') ?? ALL,
      stateOf(one),
      one.where,
    ]),
  )

function stateOf({ isOn, failingSince, reason, waiting }: Channel): string {
  if (!isOn) return 'off'
  if (failingSince !== null)
    return `fails since ${failingSince}, ${waiting} waiting: ${reason ?? ''}`
  return waiting === 0 ? 'on' : `on, ${waiting} waiting`
}
