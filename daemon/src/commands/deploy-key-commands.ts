import { DeployKeyAccess } from '@vastrox/shared/ssh-key.ts'
import { type Command, positional, textOption, UsageError } from '#commands/command.ts'
import { show, table } from '#commands/output.ts'
import { sayEnd, daysOf } from '#commands/token-commands.ts'
import { typedKey } from '#commands/typed-key.ts'

export const deployKeyCommands: readonly Command[] = [
  {
    name: 'deploy-keys',
    aliases: ['deploy-keys:list'],
    usage: '<app>',
    summary: 'List the SSH keys that may come to this app only',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const keys = context.sshKeys.ofApps.list(context.actor, positional(args, 0))
      await show(context, keys, () =>
        table(
          ['Id', 'Name', 'May', 'Fingerprint', 'Expires', 'Last used'],
          keys.map((key) => [
            key.id,
            key.name,
            key.access,
            key.fingerprint,
            sayEnd(key),
            key.lastUsedAt === null
              ? 'never'
              : `${key.lastUsedAt} from ${key.lastUsedAddress ?? '?'}`,
          ]),
        ),
      )
    },
  },
  {
    name: 'deploy-keys:add',
    usage: '<app> [<key>] [--access read|write] [--name ci] [--expires <days>|never]',
    summary:
      'Let an SSH key clone this app, or push it as well; without one it is read from standard input',
    permission: 'app.change',
    options: {
      access: { type: 'string' },
      name: { type: 'string' },
      expires: { type: 'string' },
    },
    takes: [1, 20],
    async run(context, args) {
      const [app = '', ...words] = args.positionals
      const given = typedKey(words, context.stdin, textOption(args, 'name'))
      if (!given) throw new UsageError(`Pipe a key in: vastrox deploy-keys:add ${app} < ci.pub`)
      const access = DeployKeyAccess.safeParse(textOption(args, 'access') ?? 'read')
      if (!access.success) throw new UsageError('--access is read or write.')
      const key = context.sshKeys.ofApps.add(context.actor, app, {
        ...given,
        access: access.data,
        expiresInDays: textOption(args, 'expires') === undefined ? null : daysOf(args),
      })
      await show(
        context,
        key,
        () => `${key.name} (${key.fingerprint}) may ${key.access} ${key.app} now.\n`,
      )
    },
  },
  {
    name: 'deploy-keys:remove',
    usage: '<app> <id or fingerprint>',
    summary: 'Remove an SSH key of an app; whoever is connected with it is out',
    permission: 'app.change',
    takes: [2, 2],
    async run(context, args) {
      const [app, text] = [positional(args, 0), positional(args, 1)]
      const known = context.sshKeys.ofApps.list(context.actor, app)
      const id = known.find(({ fingerprint }) => fingerprint === text)?.id ?? text
      context.sshKeys.ofApps.remove(context.actor, app, id)
      await show(context, { removed: id }, () => 'Removed.\n')
    },
  },
]
