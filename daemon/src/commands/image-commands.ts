import { SaveRegistry } from '@vastrox/shared/image-source.ts'
import { type Command, positional, textOption, UsageError } from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

export const imageCommands: readonly Command[] = [
  {
    name: 'image',
    aliases: ['image:show'],
    usage: '<app>',
    summary: 'Show the image that an app is made of, with its digest',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const { image } = context.images.get(context.actor, name)
      await show(context, image, () =>
        image === null
          ? `${name} is made of what is pushed to it. vastrox deploy ${name} --image <name> takes an image.\n`
          : facts([
              ['Image', image.reference],
              ['Digest', image.digest ?? '-'],
              ['Follows its tag', image.follows ? 'yes' : 'no'],
              ['Asked last', image.checkedAt ?? '-'],
              ['Asked next', image.nextCheckAt ?? '-'],
              ['Problem', image.problem ?? '-'],
            ]),
      )
    },
  },
  ...[true, false].map(
    (follows): Command => ({
      name: follows ? 'image:follow' : 'image:unfollow',
      usage: '<app>',
      summary: follows
        ? 'Deploy the image again when its tag points to another one'
        : 'Stay with the image that is deployed',
      permission: 'app.change',
      takes: [1, 1],
      async run(context, args) {
        const name = positional(args, 0)
        const sources = context.images.change(context.actor, name, { follows })
        await show(context, sources, () =>
          follows
            ? `The registry is asked every 10 minutes, and ${name} deployed when the tag has moved.\n`
            : `${name} stays with its image.\n`,
        )
      },
    }),
  ),
  {
    name: 'registries',
    aliases: ['registries:list'],
    usage: '',
    summary: 'List the image registries whose name and password are stored',
    permission: 'registry.manage',
    takes: [0, 0],
    async run(context) {
      const registries = context.registries.list(context.actor)
      await show(context, registries, () =>
        registries.length === 0
          ? 'No registries. vastrox registries:login <host> --username <name> < password\n'
          : table(
              ['Registry', 'Name', 'Changed'],
              registries.map(({ host, username, changedAt }) => [host, username, changedAt]),
            ),
      )
    },
  },
  {
    name: 'registries:login',
    usage: '<host> --username <name> < password',
    summary: 'Store the name and password for an image registry; the password is read from stdin',
    permission: 'registry.manage',
    options: { username: { type: 'string', short: 'u' } },
    takes: [1, 1],
    async run(context, args) {
      const password = (context.stdin ?? '').replace(/\r?\n$/, '')
      const wish = { username: textOption(args, 'username') ?? '', password }
      const checked = SaveRegistry.safeParse(wish)
      if (!checked.success)
        throw new UsageError('Give --username, and the password by stdin: it is no argument.')
      const registry = context.registries.save(context.actor, positional(args, 0), checked.data)
      await show(context, registry, () => `Stored for ${registry.host}.\n`)
    },
  },
  {
    name: 'registries:logout',
    usage: '<host>',
    summary: 'Forget the name and password for an image registry',
    permission: 'registry.manage',
    takes: [1, 1],
    async run(context, args) {
      const host = positional(args, 0)
      context.registries.remove(context.actor, host)
      await show(context, { removed: host }, () => `Forgotten: ${host}.\n`)
    },
  },
]
