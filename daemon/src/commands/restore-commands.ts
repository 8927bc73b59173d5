import { basename } from 'node:path'
import type { Drill, Restore } from '@vastrox/shared/backup.ts'
import { CreateRestore } from '@vastrox/shared/backup.ts'
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
import type { ImportWish } from '#core/restores/import-service.ts'
import { facts, show, table } from '#commands/output.ts'
import { pipedArchive } from '#commands/upload-commands.ts'

const LIMIT = { limit: { type: 'string' } } as const
const DEFAULT_LISTED = 30
const MOST_LISTED = 200
const LOOK_EVERY_MS = 500

/** Proof that backups can be put back, and the way back. */
export const restoreCommands: readonly Command[] = [
  {
    name: 'drills',
    usage: '[<drill>] [--backup <id>] [--limit 30]',
    summary: 'Restores for proof, newest first; one with all that it looked at',
    permission: 'backup.read',
    options: { backup: { type: 'string' }, ...LIMIT },
    takes: [0, 1],
    async run(context, args) {
      const [id] = args.positionals
      const { drills } = await context.wayBack()
      if (id !== undefined) {
        const drill = drills.get(context.actor, id)
        await show(context, drill, () => drillText(drill))
        return
      }
      const backupId = textOption(args, 'backup')
      const { items } = drills.list(context.actor, { backupId }, pageOf(args))
      await show(context, items, () =>
        table(
          ['Id', 'Subject', 'Backup', 'State', 'Ended', 'Took', 'Why'],
          items.map((drill) => [
            drill.id,
            sayOf(drill.subject),
            drill.backupId,
            drill.state,
            drill.endedAt ?? '-',
            took(drill.durationMs),
            drill.reason ?? '',
          ]),
        ),
      )
    },
  },
  {
    name: 'backups:drill',
    usage: '<backup> [--detach]',
    summary: 'Restore a backup into a throw-away place and say whether all of it is there',
    permission: 'backup.create',
    options: { detach: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const { drills } = await context.wayBack()
      const asked = drills.request(context.actor, positional(args, 0))
      const ended =
        args.options['detach'] === true
          ? asked
          : await until(
              context,
              () => drills.get(context.actor, asked.id),
              ({ endedAt }) => endedAt !== null,
            )
      await show(context, ended, () => drillText(ended))
      return ended.state === 'failed' ? EXIT_FAILED : 0
    },
  },
  {
    name: 'backups:restore',
    usage:
      '<backup> --as new --name <name> | --as switch|in-place --confirm <name> | --as files --path <path>',
    summary: 'Restore a backup: beside what is there, in its place, over it, or single files',
    permission: 'backup.restore',
    options: {
      as: { type: 'string' },
      name: { type: 'string' },
      confirm: { type: 'string' },
      path: { type: 'string' },
      detach: { type: 'boolean' },
    },
    takes: [1, 1],
    async run(context, args) {
      const path = textOption(args, 'path')
      const read = CreateRestore.safeParse({
        how: textOption(args, 'as') ?? 'new',
        name: textOption(args, 'name'),
        confirm: textOption(args, 'confirm'),
        paths: path?.split(','),
      })
      if (!read.success) throw new UsageError(read.error.issues[0]?.message ?? 'That is not valid.')
      const { restores } = await context.wayBack()
      const asked = restores.request(context.actor, positional(args, 0), read.data)
      return follow(context, args, asked)
    },
  },
  {
    name: 'restores',
    usage: '[<restore>] [--limit 30]',
    summary: 'Restores and imports, newest first; one with all that was looked at',
    permission: 'backup.read',
    options: LIMIT,
    takes: [0, 1],
    async run(context, args) {
      const [id] = args.positionals
      const { restores } = await context.wayBack()
      if (id !== undefined) {
        const restore = restores.get(context.actor, id)
        await show(context, restore, () => restoreText(restore))
        return
      }
      const { items } = restores.list(context.actor, pageOf(args))
      await show(context, items, () =>
        table(
          ['Id', 'Subject', 'From', 'As', 'Into', 'State', 'Started', 'Why'],
          items.map((one) => [
            one.id,
            sayOf(one.subject),
            one.backupId ?? 'an import',
            one.how,
            one.target ?? '-',
            sayState(one),
            one.startedAt,
            one.reason ?? '',
          ]),
        ),
      )
    },
  },
  {
    name: 'addons:import',
    usage: '<addon> --file dump.sql.gz --confirm <addon> | --as new --name <name> < dump.sql.gz',
    summary:
      'Import a dump: read and looked at beside, then put in place; a bad one changes nothing',
    permission: 'backup.restore',
    options: importing(),
    takes: [1, 1],
    run: async (context, args) => {
      const { actor } = context
      const { imports } = await context.wayBack()
      const body = pipedArchive(context)
      return told(
        context,
        await imports.ofAddon(actor, positional(args, 0), body, wishOf(context, args)),
      )
    },
  },
  {
    name: 'volumes:import',
    usage: '<app> <volume> --confirm <app>/<volume> | --as new --name <name> < files.tar.gz',
    summary: 'Import a tar into a volume of its own, which then takes the place of this one',
    permission: 'backup.restore',
    options: importing(),
    takes: [2, 2],
    run: async (context, args) => {
      const { actor } = context
      const { imports } = await context.wayBack()
      const body = pipedArchive(context)
      const place = [positional(args, 0), positional(args, 1)] as const
      return told(context, await imports.ofVolume(actor, place, body, wishOf(context, args)))
    },
  },
]

function importing() {
  return {
    as: { type: 'string' },
    file: { type: 'string' },
    name: { type: 'string' },
    confirm: { type: 'string' },
  } as const
}

function wishOf(context: CommandContext, args: Arguments): ImportWish {
  const how = textOption(args, 'as') ?? 'switch'
  if (how !== 'new' && how !== 'switch') throw new UsageError('--as is new or switch.')
  const [name, confirm] = [textOption(args, 'name'), textOption(args, 'confirm')]
  return {
    fileName: basename(textOption(args, 'file') ?? 'dump.sql'),
    how,
    ...(name === undefined ? {} : { name }),
    ...(confirm === undefined ? {} : { confirm }),
    signal: context.signal,
    mayStill: () => true,
  }
}

const pageOf = (args: Arguments) => ({
  limit: Math.min(MOST_LISTED, numberOption(args, 'limit', 1) ?? DEFAULT_LISTED),
})

/** Looks again until it is over, or whoever asked has gone: what was set going goes on. */
async function until<Value>(
  { signal }: CommandContext,
  look: () => Value,
  isOver: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const now = look()
    if (isOver(now) || signal.aborted) return now
    await pause(LOOK_EVERY_MS, signal)
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })

async function follow(context: CommandContext, args: Arguments, asked: Restore): Promise<number> {
  if (args.options['detach'] === true) return told(context, asked)
  const { restores } = await context.wayBack()
  let last = ''
  const ended = await until(
    context,
    () => restores.get(context.actor, asked.id),
    (now) => {
      if (!context.json && now.state !== last) void context.print(`${now.state}\n`)
      last = now.state
      return now.endedAt !== null
    },
  )
  return told(context, ended)
}

async function told(context: CommandContext, restore: Restore): Promise<number> {
  await show(context, restore, () => restoreText(restore))
  return restore.state === 'failed' ? EXIT_FAILED : 0
}

const sayOf = ({ type, name }: Drill['subject']): string =>
  name === type ? type : `${type} ${name}`

const took = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`)

const sayState = ({ state, progress }: Restore): string =>
  progress === null || state === 'done' ? state : `${state} ${Math.round(progress * 100)} %`

const checkTable = (checks: Drill['checks']): string =>
  checks.length === 0
    ? ''
    : `\n${table(
        ['', 'Looked at', 'Expected', 'Found'],
        checks.map(({ what, expected, found, isGood }) => [
          isGood ? 'ok' : 'BAD',
          what,
          expected ?? '-',
          found ?? 'nothing',
        ]),
      )}`

const drillText = (drill: Drill): string =>
  `${facts([
    ['Drill', drill.id],
    ['Of', `${sayOf(drill.subject)}, backup ${drill.backupId}`],
    [
      'State',
      drill.state === 'proven'
        ? `proven restorable at ${drill.endedAt ?? ''}, in ${took(drill.durationMs)}`
        : drill.state,
    ],
    ...(drill.reason === null ? [] : [['Why', drill.reason] as const]),
  ])}${checkTable(drill.checks)}`

const restoreText = (restore: Restore): string =>
  `${facts([
    ['Restore', restore.id],
    ['Of', sayOf(restore.subject)],
    ['As', restore.how],
    ['Into', restore.target ?? '-'],
    ['State', sayState(restore)],
    ...(restore.safetyBackupId === null
      ? []
      : [['Before that', `backed up as ${restore.safetyBackupId}`] as const]),
    ...(restore.reason === null ? [] : [['Why', restore.reason] as const]),
  ])}${checkTable(restore.checks)}`
