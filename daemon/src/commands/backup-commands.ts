import {
  type Backup,
  ChangeBackupSchedule,
  CreateBackup,
  CreateBackupSchedule,
  CreateSubjectBackup,
  SubjectRef,
} from '@vastrox/shared/backup.ts'
import type { z } from 'zod'
import {
  type Arguments,
  type Command,
  type CommandContext,
  EXIT_FAILED,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { bytesOf, facts, show, table } from '#commands/output.ts'

const read = 'backup.read'
const DEFAULT_LISTED = 50
const WISH = {
  destination: { type: 'string' },
  mode: { type: 'string' },
  keep: { type: 'boolean' },
  'allow-smaller': { type: 'boolean' },
  detach: { type: 'boolean', short: 'd' },
} as const
const KEPT = {
  destination: { type: 'string' },
  schedule: { type: 'string' },
  'time-zone': { type: 'string' },
  mode: { type: 'string' },
  last: { type: 'string' },
  daily: { type: 'string' },
  weekly: { type: 'string' },
  monthly: { type: 'string' },
} as const

export const backupCommands: readonly Command[] = [
  {
    name: 'backup',
    usage: '<app> [--destination vault] [--mode live] [--keep] [-d]',
    summary: 'Back up code, env, volumes and attached databases of an app now',
    permission: 'backup.create',
    options: WISH,
    takes: [1, 1],
    async run(context, args) {
      const wish = parsed(CreateBackup, wishOf(args))
      const { backups } = await context.backups()
      const asked = backups.createForApp(context.actor, positional(args, 0), wish)
      return follow(context, args, asked)
    },
  },
  {
    name: 'backups',
    aliases: ['backups:list'],
    usage: '[<app or subject>] [--limit 50]',
    summary: 'List backups, newest first',
    permission: read,
    options: { limit: { type: 'string' } },
    takes: [0, 1],
    async run(context, args) {
      const { backups } = await context.backups()
      const limit = Math.min(200, numberOption(args, 'limit', 1) ?? DEFAULT_LISTED)
      const [of] = args.positionals
      const isSubject = of !== undefined && SubjectRef.safeParse(of).success
      const { items } =
        of === undefined || isSubject
          ? backups.list(context.actor, { limit, subject: of })
          : backups.listOfApp(context.actor, of, { limit })
      await show(context, items, () => (items.length === 0 ? 'None.\n' : tableOf(items)))
    },
  },
  {
    name: 'backups:subjects',
    usage: '',
    summary: 'What can be backed up, with the last proof that it can be restored',
    permission: read,
    takes: [0, 0],
    async run(context) {
      const all = (await context.backups()).overview.list(context.actor)
      await show(context, all, () =>
        table(
          ['What', 'Backups', 'Last', 'Proven', 'Size', 'Stored', 'Grown in 30 days', ''],
          all.map(({ subject, isThere, proof, ...one }) => [
            nameOf(subject),
            String(one.backups),
            proof.lastBackupAt ?? 'never',
            proof.failure ?? proof.provenAt ?? 'never',
            bytesOf(one.sizeBytes),
            bytesOf(one.storedBytes),
            bytesOf(one.grownBytes),
            isThere ? (one.proposedSchedule === null ? '' : 'no schedule') : 'gone',
          ]),
        ),
      )
    },
  },
  {
    name: 'backups:info',
    usage: '<id>',
    summary: 'Show a backup',
    permission: read,
    takes: [1, 1],
    async run(context, args) {
      const backup = (await context.backups()).backups.get(context.actor, positional(args, 0))
      await show(context, backup, () => factsOf(backup))
    },
  },
  {
    name: 'backups:create',
    usage: '<subject> [--destination vault] [--mode …] [-d]',
    summary: 'Back up addon:<name>, volume:<app>/<name>, app:<name> or platform now',
    permission: 'backup.create',
    options: WISH,
    takes: [1, 1],
    async run(context, args) {
      const { subject, ...wish } = parsed(CreateSubjectBackup, {
        ...wishOf(args),
        subject: positional(args, 0),
      })
      const { backups } = await context.backups()
      return follow(context, args, [backups.create(context.actor, subject, wish)])
    },
  },
  {
    name: 'backups:cancel',
    usage: '<id>',
    summary: 'Cancel a backup; nothing of it is kept',
    permission: 'backup.create',
    takes: [1, 1],
    async run(context, args) {
      const { backups } = await context.backups()
      const backup = await backups.cancel(context.actor, positional(args, 0))
      await show(context, backup, () => tableOf([backup]))
    },
  },
  {
    name: 'backups:keep',
    usage: '<id> [--off]',
    summary: 'Keep a backup from being removed by retention; --off: let it go',
    permission: 'backup.manage',
    options: { off: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const isKept = args.options['off'] !== true
      const { backups } = await context.backups()
      const backup = backups.keep(context.actor, positional(args, 0), isKept)
      await show(context, backup, () => (isKept ? 'It is kept.\n' : 'Retention may remove it.\n'))
    },
  },
  {
    name: 'backups:remove',
    usage: '<id> --confirm <name>',
    summary: 'Remove a backup for good',
    permission: 'backup.manage',
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      const { backups } = await context.backups()
      const backup = backups.remove(context.actor, id, textOption(args, 'confirm') ?? '')
      await show(context, backup, () => 'It is being removed.\n')
    },
  },
  {
    name: 'backups:files',
    usage: '<id> [<folder>]',
    summary: 'List a folder of what is in a backup',
    permission: 'backup.restore',
    takes: [1, 2],
    async run(context, args) {
      const [, folder = '/'] = args.positionals
      const { backups } = await context.backups()
      const files = await backups.files(context.actor, positional(args, 0), folder)
      await show(context, files, () =>
        table(
          ['Type', 'Bytes', 'Changed', 'Path'],
          files.map(({ type, sizeBytes, modifiedAt, path }) => [
            type,
            String(sizeBytes),
            modifiedAt,
            path,
          ]),
        ),
      )
    },
  },
  {
    name: 'backups:download',
    usage: '<id> [--path /folder] > file',
    summary: 'Print a backup: a dump as its tool printed it, files as a tar',
    permission: 'backup.restore',
    options: { path: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const { terminal, actor, signal } = context
      if (!terminal || terminal.size !== null)
        throw new UsageError('Send its output into a file: vastrox backups:download <id> > file')
      const { download } = await context.backups()
      const path = textOption(args, 'path')
      const { content } = await download(actor, positional(args, 0), path, signal)
      terminal.started()
      for await (const chunk of content) await terminal.write('stdout', chunk)
    },
  },
  {
    name: 'backups:schedules',
    usage: '',
    summary: 'List when what is backed up',
    permission: read,
    takes: [0, 0],
    async run(context) {
      const schedules = (await context.backups()).schedules.list(context.actor)
      await show(context, schedules, () =>
        schedules.length === 0
          ? 'None. vastrox backups:schedule addon:shop-db\n'
          : table(
              ['Id', 'What', 'To', 'When', 'Next', 'Keeps', ''],
              schedules.map(({ id, subject, destination, schedule, nextAt, retention, ...one }) => [
                id,
                nameOf(subject),
                destination,
                one.timeZone === null ? schedule : `${schedule} ${one.timeZone}`,
                nextAt ?? '-',
                `last ${retention.last}, ${retention.daily} days, ${retention.weekly} weeks, ${retention.monthly} months`,
                one.isEnabled ? '' : 'off',
              ]),
            ),
      )
    },
  },
  {
    name: 'backups:schedule',
    usage:
      '<subject> [--schedule "@daily"] [--time-zone …] [--destination …] [--last 7] [--daily 14] [--weekly 8] [--monthly 6]',
    summary: 'Back up addon:<name>, volume:<app>/<name>, app:<name> or platform again and again',
    permission: 'backup.manage',
    options: KEPT,
    takes: [1, 1],
    async run(context, args) {
      const wish = parsed(CreateBackupSchedule, {
        ...timesOf(args),
        subject: positional(args, 0),
        destination: textOption(args, 'destination'),
        retention: retentionOf(args),
      })
      const { schedules } = await context.backups()
      const created = schedules.create(context.actor, wish)
      await show(context, created, () => `${created.id}: next at ${created.nextAt ?? '-'}\n`)
    },
  },
  {
    name: 'backups:reschedule',
    usage: '<id> [--schedule …] [--last 7 …] [--on] [--off]',
    summary: 'Change a schedule of backups, or switch it off or on',
    permission: 'backup.manage',
    options: { ...KEPT, on: { type: 'boolean' }, off: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const { schedules } = await context.backups()
      const id = positional(args, 0)
      const before = schedules.get(context.actor, id)
      const wish = parsed(ChangeBackupSchedule, {
        ...timesOf(args),
        retention: { ...before.retention, ...retentionOf(args) },
        ...(args.options['on'] === true ? { isEnabled: true } : {}),
        ...(args.options['off'] === true ? { isEnabled: false } : {}),
      })
      const changed = schedules.change(context.actor, id, wish)
      await show(context, changed, () => `${changed.id}: next at ${changed.nextAt ?? '-'}\n`)
    },
  },
  {
    name: 'backups:unschedule',
    usage: '<schedule>',
    summary: 'End a schedule; what was backed up by it stays',
    permission: 'backup.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      const { schedules } = await context.backups()
      schedules.remove(context.actor, id)
      await show(context, { removed: id }, () => 'Ended. What was backed up by it stays.\n')
    },
  },
  {
    name: 'backups:retention',
    usage: '<schedule>',
    summary: 'What its retention would remove now, and why the others stay',
    permission: read,
    takes: [1, 1],
    async run(context, args) {
      const plan = (await context.backups()).retention.plan(context.actor, positional(args, 0))
      await show(context, plan, () =>
        [
          plan.refused === null ? '' : `${plan.refused}\n`,
          table(
            ['', 'Id', 'Made', 'Why'],
            [
              ...plan.remove.map(({ id, startedAt }) => ['remove', id, startedAt, '']),
              ...plan.keep.map(({ id, startedAt, why }) => ['keep', id, startedAt, why.join(', ')]),
            ],
          ),
        ].join(''),
      )
    },
  },
]

/** Waits until all have ended, unless --detach; gives 1 where one failed. */
async function follow(
  context: CommandContext,
  args: Arguments,
  asked: readonly Backup[],
): Promise<number> {
  if (args.options['detach'] === true) {
    await show(context, asked, () => tableOf(asked))
    return 0
  }
  const { backups } = await context.backups()
  const ended: Backup[] = []
  for (const { id, subject } of asked) {
    if (!context.json) await context.print(`-----> ${nameOf(subject)}\n`)
    const one = await Promise.race([backups.until(context.actor, id), gone(context.signal)])
    ended.push(one)
    if (context.json) continue
    await context.print(`       ${sayEnd(one)}\n`)
    for (const warning of one.warnings ?? []) await context.print(` !     ${warning}\n`)
  }
  if (context.json) await show(context, ended, () => '')
  return ended.every(({ state }) => state === 'done') ? 0 : EXIT_FAILED
}

/** Whoever asked has gone; the backups go on. */
function gone(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}

const sayEnd = ({ state, reason, sizeBytes, addedBytes, id }: Backup): string =>
  state === 'done'
    ? `${bytesOf(sizeBytes)}, ${bytesOf(addedBytes)} new: ${id}`
    : `${state}: ${reason ?? ''}`

function wishOf(args: Arguments) {
  return {
    destination: textOption(args, 'destination'),
    mode: textOption(args, 'mode'),
    keep: args.options['keep'] === true,
    allowSmaller: args.options['allow-smaller'] === true,
  }
}

function timesOf(args: Arguments): Record<string, string> {
  const given = {
    schedule: textOption(args, 'schedule'),
    timeZone: textOption(args, 'time-zone'),
    mode: textOption(args, 'mode'),
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function retentionOf(args: Arguments): Record<string, number> {
  return Object.fromEntries(
    ['last', 'daily', 'weekly', 'monthly'].flatMap((name) => {
      const value = numberOption(args, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function parsed<Schema extends z.ZodType>(schema: Schema, wish: unknown): z.output<Schema> {
  const result = schema.safeParse(wish)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
  }
  return result.data
}

const nameOf = ({ type, name }: Backup['subject']): string =>
  type === 'platform' ? type : `${type}:${name}`

const tableOf = (backups: readonly Backup[]): string =>
  table(
    ['Id', 'What', 'State', 'Made', 'Size', 'New', 'At', 'Proven', ''],
    backups.map((one) => [
      one.id,
      nameOf(one.subject),
      one.progress === null ? one.state : `${one.state} ${Math.round(one.progress * 100)} %`,
      one.startedAt,
      bytesOf(one.sizeBytes),
      bytesOf(one.addedBytes),
      one.destination,
      one.drill === null ? 'no' : one.drill.state,
      one.damage ?? one.reason ?? (one.isKept ? 'kept' : ''),
    ]),
  )

const factsOf = (one: Backup): string =>
  facts([
    ['Id', one.id],
    ['What', nameOf(one.subject)],
    ['State', one.state],
    ['Why', one.damage ?? one.reason ?? '-'],
    ['Made', one.startedAt],
    ['Ended', one.endedAt ?? '-'],
    ['How', one.mode ?? '-'],
    ['At', one.destination],
    ['Size', bytesOf(one.sizeBytes)],
    ['New there', bytesOf(one.addedBytes)],
    ['Read again', one.verifiedAt ?? 'no'],
    ['Proven', one.drill === null ? 'no' : `${one.drill.state} ${one.drill.endedAt ?? ''}`],
    ['Kept', one.isKept ? 'yes' : 'no'],
    ['Warnings', (one.warnings ?? []).join('; ') || '-'],
  ])
