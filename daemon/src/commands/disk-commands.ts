import { type AppDisk, ChangeAppDisk } from '@vastrox/shared/disk-use.ts'
import { type Command, positional, UsageError } from '#commands/command.ts'
import { megabytes, show, table } from '#commands/output.ts'

const BY_UNIT: Record<string, number> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

export const diskCommands: readonly Command[] = [
  {
    name: 'disk:list',
    usage: '[app]',
    summary: 'What apps take of the disk with their volumes, and may take',
    permission: 'app.read',
    takes: [0, 1],
    async run(context, args) {
      const name = args.positionals[0]
      const apps =
        name === undefined
          ? await context.disk.list(context.actor)
          : [await context.disk.get(context.actor, name)]
      await show(context, apps, () => textOf(apps))
    },
  },
  {
    name: 'disk:allow',
    usage: '<app> <20G | 500M | default>',
    summary: 'Change how much of the disk an app may take with its volumes',
    permission: 'node.change',
    takes: [2, 2],
    async run(context, args) {
      const change = ChangeAppDisk.safeParse({ allowanceBytes: bytesOf(positional(args, 1)) })
      if (!change.success) throw new UsageError(HOW)
      const app = await context.disk.change(context.actor, positional(args, 0), change.data)
      await show(context, app, () => textOf([app]))
    },
  },
]

const HOW = 'Say how much with its unit: 500M, 20G, 2T (16M at least), or `default`.'

function bytesOf(text: string): number | null {
  if (text === 'default') return null
  const [, count, unit] = /^(\d{1,7}(?:\.\d{1,3})?)([MGT])i?B?$/i.exec(text) ?? []
  const bytes = BY_UNIT[unit?.toUpperCase() ?? '']
  if (count === undefined || bytes === undefined) throw new UsageError(HOW)
  return Math.round(Number(count) * bytes)
}

function textOf(apps: readonly AppDisk[]): string {
  const rows = apps.map(({ app, allowanceBytes, use }) => [
    app,
    megabytes(use?.bytes ?? null),
    allowed(use?.allowanceBytes ?? allowanceBytes, allowanceBytes === null),
    use?.hold?.reason ?? '',
  ])
  return table(['App', 'Takes', 'May take', ''], rows)
}

const allowed = (bytes: number | null, isDefault: boolean): string =>
  `${megabytes(bytes)}${isDefault ? ' (default)' : ''}`
