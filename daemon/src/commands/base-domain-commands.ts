import {
  type BaseDomain,
  type BaseDomainCheck,
  BaseDomainName,
} from '@vastrox/shared/base-domain.ts'
import type { Command } from '#commands/command.ts'
import { parsed } from '#commands/firewall-arguments.ts'
import { plain, show } from '#commands/output.ts'

export const baseDomainCommands: readonly Command[] = [
  {
    name: 'base-domain',
    usage: '',
    summary: 'Where dashboard, API, Git and apps are, and were',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const found = (await context.baseDomain()).get(context.actor)
      await show(context, found, () => textOf(found))
    },
  },
  {
    name: 'base-domain:move',
    usage: '<name> [--anyway]',
    summary: 'Move all of it to another domain; --anyway: also where its DNS does not lead here',
    permission: 'node.change',
    options: { anyway: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const name = parsed(BaseDomainName, args.positionals[0])
      const anyway = args.options['anyway'] === true
      const moved = await (await context.baseDomain()).move(context.actor, { name, anyway })
      await show(context, moved, () => textOf(moved))
    },
  },
  {
    name: 'base-domain:check',
    usage: '<name>',
    summary: 'Look whether a name leads here, and what a move to it means',
    permission: 'node.read',
    takes: [1, 1],
    async run(context, args) {
      const name = parsed(BaseDomainName, args.positionals[0])
      const found = await (await context.baseDomain()).check(context.actor, name)
      await show(context, found, () => checkTextOf(found))
    },
  },
  {
    name: 'base-domain:undo',
    usage: '',
    summary: 'Take the last move back, within 30 days',
    permission: 'node.change',
    takes: [0, 0],
    async run(context) {
      const back = await (await context.baseDomain()).undo(context.actor)
      await show(context, back, () => textOf(back))
    },
  },
]

function textOf(found: BaseDomain): string {
  const lines = [
    `Dashboard  ${found.dashboardUrl}`,
    `Apps       ${found.appUrlPattern}`,
    ...(found.isMoving ? ['A move is under way: it is finished by itself.'] : []),
    ...found.former.map(
      ({ name, until, sendsOn }) =>
        `Before     ${name} answers until ${until.slice(0, 10)}${sendsOn ? ', and sends visitors on' : '; visitors are not sent on while the new name does not lead here'}`,
    ),
    ...(found.undo
      ? [
          `Undo       vastrox base-domain:undo, until ${found.undo.until.slice(0, 10)}: back to ${found.undo.to}`,
        ]
      : []),
  ]
  return lines.map((line) => `${plain(line)}\n`).join('')
}

function checkTextOf({ summary, findings, records, consequences, leadsHere }: BaseDomainCheck) {
  const lines = [
    summary,
    ...findings.map(
      ({ level, message, hint }) => `  ${level}: ${message}${hint ? ` ${hint}` : ''}`,
    ),
    ...(records.length > 0 && !leadsHere ? ['Records to make:'] : []),
    ...(leadsHere
      ? []
      : records.map(
          ({ type, name, value, state }) => `  ${type.padEnd(5)} ${name}  ${value}  (${state})`,
        )),
    'A move means:',
    ...consequences.map((each) => `  ${each}`),
  ]
  return lines.map((line) => `${plain(line)}\n`).join('')
}
