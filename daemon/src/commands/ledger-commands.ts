import type { CleanUpPlan } from '@vastrox/shared/clean-up.ts'
import type { Ledger, LedgerDisk } from '@vastrox/shared/ledger.ts'
import { type Command, textOption } from '#commands/command.ts'
import { age, bytesOf, facts, show, table } from '#commands/output.ts'

const SHOWN_ITEMS = 40

export const ledgerCommands: readonly Command[] = [
  {
    name: 'disk',
    usage: '',
    summary: 'What takes the disk, how it grows, and when it is full',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const ledger = await context.ledger.get(context.actor)
      await show(context, ledger, () => textOf(ledger))
    },
  },
  {
    name: 'disk:plan',
    usage: '',
    summary: 'What a clean-up would remove, and why; removes nothing',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const plan = await context.ledger.plan(context.actor)
      await show(context, plan, () => sayPlan(plan))
    },
  },
  {
    name: 'disk:clean',
    usage: '[--plan <id>]',
    summary: 'Remove what `disk:plan` names; with its id exactly that, or nothing',
    permission: 'node.change',
    options: { plan: { type: 'string' } },
    takes: [0, 0],
    async run(context, args) {
      const id = textOption(args, 'plan') ?? (await context.ledger.plan(context.actor)).id
      const result = await context.ledger.run(context.actor, id)
      await show(context, result, () => {
        const left = result.left === 0 ? '' : `; ${result.left} are in use by now, or were gone`
        return `Removed ${result.removed}: ${bytesOf(result.freedBytes)}${left}.\n`
      })
    },
  },
]

function textOf(ledger: Ledger): string {
  const rows = ledger.lines.map((line) => [
    line.isInTrash ? `${line.name} (in the trash)` : line.name,
    line.kind,
    bytesOf(line.bytes),
    bytesOf(line.parts.images ?? 0),
    bytesOf(line.parts.volumes ?? 0),
    bytesOf(line.parts.logs ?? 0),
    line.growthBytesPerDay === null ? '-' : perDay(line.growthBytesPerDay),
  ])
  return [
    ...ledger.disks.map(sayDisk),
    table(['Name', '', 'Takes', 'Images', 'Volumes', 'Logs', 'Growth'], rows),
    ledger.missing.length > 0 ? `\nNot measured: ${ledger.missing.join('; ')}\n` : '',
    '\nvastrox disk:plan shows what can go.\n',
  ].join('')
}

const sayDisk = (disk: LedgerDisk): string =>
  `${facts([
    [disk.holds === 'data' ? 'Disk' : 'Disk of the images', bytesOf(disk.bytes)],
    ['  ours', bytesOf(disk.oursBytes)],
    ['  others', bytesOf(disk.othersBytes)],
    [
      '  free',
      `${bytesOf(disk.availableBytes)} (below ${bytesOf(disk.deploymentFloorBytes)} no deployment is taken)`,
    ],
    ['  forecast', disk.forecast.summary],
  ])}\n`

function sayPlan(plan: CleanUpPlan): string {
  if (plan.removals.length === 0)
    return `There is nothing to remove.\nWhat stays: ${plan.kept.join('; ')}.\n`
  const now = new Date()
  const rows = plan.removals
    .slice(0, SHOWN_ITEMS)
    .map(({ kind, app, what, sizeBytes, at, why }) => [
      kind,
      app ?? '-',
      what.slice(0, 60),
      bytesOf(sizeBytes),
      age(at, now),
      why,
    ])
  const rest = plan.removals.length + plan.more - rows.length
  return [
    table(['Kind', 'App', 'What', 'Alone', 'Age', 'Why it can go'], rows),
    rest > 0 ? `and ${rest} more (--json shows all of them)\n` : '',
    `\nTogether ${bytesOf(plan.freedBytes)}. What stays: ${plan.kept.join('; ')}.\n`,
    `\nvastrox disk:clean --plan ${plan.id} removes exactly this.\n`,
  ].join('')
}

const perDay = (bytes: number): string =>
  `${bytes < 0 ? '-' : '+'}${bytesOf(Math.abs(bytes))} a day`
