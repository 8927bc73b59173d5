import { Cidr, FirewallMode, FirewallSource } from '@vastrox/shared/firewall-rule.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { listOf, parsed, portsOf, secondsOf } from '#commands/firewall-arguments.ts'
import { previewText, statusText, tell } from '#commands/firewall-texts.ts'
import { show, table } from '#commands/output.ts'

const UNKNOWN = { kind: 'unknown' } as const
const RULE = {
  from: { type: 'string' },
  for: { type: 'string' },
  comment: { type: 'string' },
  at: { type: 'string' },
} as const

export const firewallCommands: readonly Command[] = [
  {
    name: 'firewall',
    aliases: ['firewall:status'],
    usage: '',
    summary: 'What the firewall does, and what it would close',
    permission: 'firewall.read',
    takes: [0, 0],
    async run(context) {
      const status = await context.firewall.status(context.actor, context.origin ?? UNKNOWN)
      await show(context, status, () => statusText(status))
    },
  },
  {
    name: 'firewall:rules',
    usage: '',
    summary: 'The rules in order; the first that fits decides',
    permission: 'firewall.read',
    takes: [0, 0],
    async run(context) {
      const rules = await context.firewall.listRules(context.actor)
      await show(context, rules, () =>
        rules.length === 0
          ? 'There are no rules.\n'
          : table(
              ['#', 'Action', 'Ports', 'From', 'Packets', 'Until', 'Comment'],
              rules.map((rule, index) => [
                String(index + 1),
                rule.ratePerMinute === null ? rule.action : `limit ${rule.ratePerMinute}/min`,
                `${rule.ports.join(',') || 'all'}/${rule.protocol}`,
                rule.sources.join(' ') || 'anywhere',
                rule.packets === null ? '-' : String(rule.packets),
                rule.expiresAt ?? '-',
                rule.comment,
              ]),
            ),
      )
    },
  },
  {
    name: 'firewall:allow',
    usage: '<ports>[/tcp|/udp] [--from <network>] [--for 2h] [--comment <text>] [--at <place>]',
    summary: 'Let something in: 5432/tcp --from 203.0.113.7 --for 2h',
    permission: 'firewall.change',
    options: RULE,
    takes: [1, 1],
    run: (context, args) => addRule(context, args, 'allow'),
  },
  {
    name: 'firewall:deny',
    usage: '<ports>[/tcp|/udp] | all [--from <network>] [--for 2h] [--comment <text>]',
    summary: 'Keep something out: all --from 198.51.100.0/24',
    permission: 'firewall.change',
    options: RULE,
    takes: [1, 1],
    run: (context, args) => addRule(context, args, 'deny'),
  },
  {
    name: 'firewall:limit',
    usage: '<ports>[/tcp|/udp] --rate <per minute> [--from <network>] [--for 2h]',
    summary: 'Let in so many new connections a minute of each source',
    permission: 'firewall.change',
    options: { ...RULE, rate: { type: 'string' } },
    takes: [1, 1],
    run: (context, args) => addRule(context, args, 'limit'),
  },
  {
    name: 'firewall:remove',
    usage: '<number or id>',
    summary: 'Remove a rule',
    permission: 'firewall.change',
    takes: [1, 1],
    run: async (context, args) =>
      tell(context, await context.firewall.removeRule(context.actor, positional(args, 0))),
  },
  {
    name: 'firewall:preview',
    usage: '[observe|isolate|enforce]',
    summary: 'What a mode would open and close; changes nothing',
    permission: 'firewall.read',
    takes: [0, 1],
    async run(context, args) {
      const mode = args.positionals[0] === undefined ? 'enforce' : modeOf(positional(args, 0))
      const preview = await context.firewall.preview(context.actor, { mode })
      await show(context, preview, () => previewText(preview))
    },
  },
  {
    name: 'firewall:observe',
    usage: '',
    summary: 'Drop nothing, only count',
    permission: 'firewall.change',
    takes: [0, 0],
    run: (context, args) => changeMode(context, args, 'observe'),
  },
  {
    name: 'firewall:isolate',
    usage: '',
    summary: 'Keep apps and builds from this machine and private networks',
    permission: 'firewall.change',
    takes: [0, 0],
    run: (context, args) => changeMode(context, args, 'isolate'),
  },
  {
    name: 'firewall:enforce',
    usage: '[--close 5432/tcp,6379/tcp]',
    summary: 'Let in only what is allowed; goes back after 60 s unless confirmed',
    permission: 'firewall.change',
    options: { close: { type: 'string' } },
    takes: [0, 0],
    run: (context, args) => changeMode(context, args, 'enforce'),
  },
  {
    name: 'firewall:confirm',
    usage: '',
    summary: 'Keep the pending change; run it over a new connection',
    permission: 'firewall.change',
    takes: [0, 0],
    run: async (context) =>
      tell(context, await context.firewall.confirm(context.actor, context.origin ?? UNKNOWN)),
  },
  {
    name: 'firewall:revert',
    usage: '',
    summary: 'Take the pending change back at once',
    permission: 'firewall.change',
    takes: [0, 0],
    run: async (context) => tell(context, await context.firewall.revert(context.actor)),
  },
  {
    name: 'firewall:changes',
    usage: '',
    summary: 'The last changes and what became of them',
    permission: 'firewall.read',
    takes: [0, 0],
    async run(context) {
      const changes = context.firewall.listChanges(context.actor)
      await show(context, changes, () =>
        table(
          ['#', 'At', 'State', 'Mode', 'By', 'What'],
          changes.map(({ number, at, state, mode, actor, summary, reason }) => [
            String(number),
            at,
            state,
            mode,
            actor,
            reason === null ? summary : `${summary}: ${reason}`,
          ]),
        ),
      )
    },
  },
  {
    name: 'firewall:allow-list',
    usage: '[<network>,<network> … | none]',
    summary: 'Show or replace what is never banned',
    permission: 'firewall.change',
    takes: [0, 1],
    async run(context, args) {
      const given = args.positionals[0]
      if (given === undefined) {
        const { allowList } = await context.firewall.status(context.actor, UNKNOWN)
        await show(context, allowList, () =>
          allowList.length === 0 ? 'It is empty.\n' : allowList.map((one) => `${one}\n`).join(''),
        )
        return undefined
      }
      const allowList = given === 'none' ? [] : listOf(given).map((one) => parsed(Cidr, one))
      return tell(context, await context.firewall.apply(context.actor, { allowList }))
    },
  },
  {
    name: 'firewall:set',
    usage: '<name> <network>,<network> … | --remove',
    summary: 'Addresses under a name, for rules --from @name',
    permission: 'firewall.change',
    options: { remove: { type: 'boolean' } },
    takes: [1, 2],
    async run(context, args) {
      const name = positional(args, 0)
      if (args.options['remove'] === true)
        return tell(context, await context.firewall.removeSet(context.actor, name))
      const members = listOf(positional(args, 1)).map((one) => parsed(Cidr, one))
      return tell(context, await context.firewall.saveSet(context.actor, name, members))
    },
  },
]

async function addRule(
  context: CommandContext,
  args: Arguments,
  action: 'allow' | 'deny' | 'limit',
): Promise<number | undefined> {
  const { protocol, ports } = portsOf(positional(args, 0))
  const from = textOption(args, 'from')
  const forText = textOption(args, 'for')
  const rate = numberOption(args, 'rate', 1)
  if (action === 'limit' && rate === undefined) throw new UsageError('How many: --rate 30.')
  if (ports.length === 0 && action === 'allow' && from === undefined)
    throw new UsageError('Everything from everywhere would be no firewall. Say which: --from …')
  const change = await context.firewall.addRule(
    context.actor,
    {
      action,
      protocol,
      ports,
      sources: from === undefined ? [] : listOf(from).map((one) => parsed(FirewallSource, one)),
      comment: textOption(args, 'comment') ?? '',
      expiresAt:
        forText === undefined
          ? null
          : new Date(Date.now() + secondsOf(forText) * 1_000).toISOString(),
      ratePerMinute: action === 'limit' ? (rate ?? null) : null,
    },
    numberOption(args, 'at'),
  )
  return tell(context, change)
}

async function changeMode(
  context: CommandContext,
  args: Arguments,
  mode: FirewallMode,
): Promise<number | undefined> {
  const preview = await context.firewall.preview(context.actor, { mode })
  const close = listOf(textOption(args, 'close') ?? '')
  const keepOpen = preview.keepOpen.filter(
    ({ port, protocol }) => !close.includes(`${port}/${protocol}`) && !close.includes(`${port}`),
  )
  const wish = { mode, keepOpen }
  if (!context.json)
    await context.print(previewText(await context.firewall.preview(context.actor, wish)))
  return tell(context, await context.firewall.apply(context.actor, wish))
}

function modeOf(text: string): FirewallMode {
  const { data } = FirewallMode.safeParse(text)
  if (data === undefined) throw new UsageError('A mode is observe, isolate or enforce.')
  return data
}
