import { type Command, positional, textOption } from '#commands/command.ts'
import { destinationOf, listOf, secondsOf, switchOption } from '#commands/firewall-arguments.ts'
import { facts, plain, show, table } from '#commands/output.ts'

export const banCommands: readonly Command[] = [
  {
    name: 'firewall:bans',
    usage: '',
    summary: 'Who is banned, why and until when',
    permission: 'firewall.read',
    takes: [0, 0],
    async run(context) {
      const bans = context.bans.list(context.actor)
      await show(context, bans, () =>
        bans.length === 0
          ? 'Nobody is banned.\n'
          : table(
              ['Address', 'Until', 'By', 'Why'],
              bans.map(({ address, until, actor, reason }) => [address, until, actor, reason]),
            ),
      )
    },
  },
  {
    name: 'firewall:ban',
    usage: '<address> [--for 1d] [--reason <text>]',
    summary: 'Ban an address for a while (IPv6: its /64)',
    permission: 'firewall.change',
    options: { for: { type: 'string' }, reason: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const forText = textOption(args, 'for')
      const reason = textOption(args, 'reason')
      const ban = await context.bans.ban(context.actor, {
        address: positional(args, 0),
        ...(forText === undefined ? {} : { seconds: secondsOf(forText) }),
        ...(reason === undefined ? {} : { reason }),
      })
      await show(context, ban, () => plain(`${ban.address} is banned until ${ban.until}.\n`))
    },
  },
  {
    name: 'firewall:unban',
    usage: '<address>',
    summary: 'Lift a ban',
    permission: 'firewall.change',
    takes: [1, 1],
    async run(context, args) {
      const address = positional(args, 0)
      await context.bans.lift(context.actor, address)
      await show(context, { lifted: address }, () => 'Lifted.\n')
    },
  },
  {
    name: 'egress',
    usage: '<app> [--internet on|off] [--smtp on|off] [--allow 10.0.0.5:5432,10.1.0.0/16 | none]',
    summary: 'Where an app may connect to',
    permission: 'app.read',
    options: {
      internet: { type: 'string' },
      smtp: { type: 'string' },
      allow: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const [internet, smtp] = [switchOption(args, 'internet'), switchOption(args, 'smtp')]
      const allow = textOption(args, 'allow')
      const isChange = internet !== undefined || smtp !== undefined || allow !== undefined
      const policy = isChange
        ? await context.egress.change(context.actor, app, {
            ...(internet === undefined ? {} : { internet }),
            ...(smtp === undefined ? {} : { smtp }),
            ...(allow === undefined
              ? {}
              : { allow: allow === 'none' ? [] : listOf(allow).map(destinationOf) }),
          })
        : context.egress.get(context.actor, app)
      await show(context, policy, () =>
        facts([
          ['Internet', policy.internet ? 'yes' : 'no'],
          ['SMTP (port 25)', policy.smtp ? 'yes' : 'no'],
          [
            'Besides',
            policy.allow
              .map(({ cidr, protocol, ports }) =>
                `${cidr} ${protocol} ${ports.join(',') || 'all ports'}`.trim(),
              )
              .join('; ') || 'nothing: no private network, no metadata address, not this machine',
          ],
        ]),
      )
    },
  },
]
