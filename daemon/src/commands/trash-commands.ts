import { type Command, positional, textOption } from '#commands/command.ts'
import { bytesOf, show, table } from '#commands/output.ts'

const RESTORE = { app: 'apps', volume: 'volumes', addon: 'addons' } as const

export const trashCommands: readonly Command[] = [
  {
    name: 'trash',
    usage: '',
    summary: 'List everything that was destroyed and can be taken back',
    permission: 'app.read',
    filtered: true,
    takes: [0, 0],
    async run(context) {
      const items = await context.trash.list(context.actor)
      await show(context, items, () =>
        items.length === 0
          ? 'The trash is empty.\n'
          : table(
              ['Kind', 'Name', 'Size', 'Destroyed', 'Can be purged from', 'Take it back by'],
              items.map((item) => [
                item.kind,
                item.app === null ? item.name : `${item.app}/${item.name}`,
                item.sizeBytes === null ? '-' : bytesOf(item.sizeBytes),
                item.destroyedAt.slice(0, 10),
                item.isPurging ? 'being removed' : item.purgeableAt.slice(0, 10),
                `${RESTORE[item.kind]}:restore ${item.kind === 'app' ? item.name : item.id}`,
              ]),
            ),
      )
    },
  },
  {
    name: 'apps:purge',
    usage: '<id> --confirm <app>',
    summary: 'Remove an app that has been in the trash for 7 days; its volumes stay in the trash',
    permission: 'app.destroy',
    filtered: true,
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      await context.trash.purgeApp(context.actor, id, textOption(args, 'confirm') ?? '')
      await show(context, { purged: id }, () => 'Purged.\n')
    },
  },
]
