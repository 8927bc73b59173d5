import { type ExposedPort, type ExposureReport, FencePort } from '@vastrox/shared/exposure.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import { type Command, EXIT_FAILED, positional, UsageError } from '#commands/command.ts'
import { portsOf } from '#commands/firewall-arguments.ts'
import { tell } from '#commands/firewall-texts.ts'
import { plain, show, table } from '#commands/output.ts'

export const exposureCommands: readonly Command[] = [
  {
    name: 'exposure',
    aliases: ['exposure:list'],
    usage: '',
    summary: 'What is reachable on this server, and for whom',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const report = await context.exposure.list()
      await show(context, report, () => textOf(report))
    },
  },
  {
    name: 'exposure:test',
    usage: '',
    summary: 'Try every port from outside, by a cable that is there only meanwhile',
    permission: 'node.change',
    takes: [0, 0],
    async run(context) {
      const report = await context.exposure.test(context.actor)
      await show(context, report, () => textOf(report))
      return report.ports.some(({ tested }) => tested?.agrees === false) ? EXIT_FAILED : 0
    },
  },
  {
    name: 'exposure:fence',
    usage: '<port>[/tcp|/udp]',
    summary: 'Close a port that somebody else has opened, by one rule of the firewall',
    permission: 'firewall.change',
    takes: [1, 1],
    async run(context, args) {
      const { protocol, ports } = portsOf(positional(args, 0))
      const wish = FencePort.safeParse({ protocol, port: Number(ports[0]) })
      if (!wish.success || ports.length !== 1)
        throw new UsageError('One port at a time, over tcp or udp: 5432/tcp.')
      return tell(context, await context.exposure.fence(context.actor, wish.data))
    },
  },
  {
    name: 'host-care',
    usage: '',
    summary: 'Updates, clock, disks, engine and what else this server needs',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const care = await context.exposure.care()
      await show(context, care, () => careText(care))
    },
  },
]

function textOf(report: ExposureReport): string {
  const rows = report.ports.map((each) => [
    `${each.port}/${each.protocol}`,
    each.by.name,
    each.by.user ?? each.by.image ?? '-',
    each.addresses.join(' '),
    sayReach(each),
    sayTest(each),
  ])
  const notes = [
    report.problem,
    report.mode === 'enforce' ? null : `The firewall is in the mode ${report.mode}.`,
    report.hasPublicAddress
      ? null
      : 'This machine has no public address: the world is every network that it is on.',
    ...report.others,
    report.leftOff > 0 ? `${report.leftOff} more are left out.` : null,
    report.testedAt === null
      ? 'Nothing was tested from outside yet: vastrox exposure:test'
      : `Tested from outside at ${report.testedAt}${report.testIsStale ? '; the rules have changed since' : ''}.`,
    ...report.ports.flatMap(({ warning }) =>
      warning ? [`! ${warning.message} ${warning.hint}`] : [],
    ),
    ...report.ports
      .filter(({ tested }) => tested?.agrees === false)
      .map(
        (each) =>
          `! ${each.port}/${each.protocol}: the test found something else than was worked out.`,
      ),
  ]
  const lines = notes.filter((note) => note !== null).map((note) => `${plain(note)}\n`)
  return (
    table(['Port', 'Who', 'User or image', 'Listens on', 'Open to', 'Tested'], rows) +
    lines.join('')
  )
}

/** In the words of the pages. */
export function sayReach({ reach, to }: Pick<ExposedPort, 'reach' | 'to'>): string {
  if (reach === 'world') return 'the world'
  if (reach === 'machine') return 'this machine only'
  return reach === 'closed' ? 'closed' : to.join(', ')
}

function sayTest({ tested }: ExposedPort): string {
  if (!tested) return '-'
  const outcomes = [...new Set(tested.tries.map(({ outcome }) => outcome))].join('/')
  return tested.agrees === false ? `${outcomes}, unlike worked out` : outcomes
}

const MARKS = { ok: 'ok', warn: '! ', bad: '!!' } as const

const careText = ({ findings }: HostCare): string =>
  findings
    .map(({ check, level, message, hint }) => {
      const line = `${MARKS[level]} ${check.padEnd(10)} ${plain(message)}\n`
      return hint === undefined ? line : `${line}   ${' '.repeat(10)} What to do: ${plain(hint)}\n`
    })
    .join('')
