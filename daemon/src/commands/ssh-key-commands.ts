import type { SshKey } from '@vastrox/shared/ssh-key.ts'
import {
  type Command,
  type CommandContext,
  EXIT_FAILED,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'
import { daysOf, sayEnd } from '#commands/token-commands.ts'
import { typedKey } from '#commands/typed-key.ts'

const USER = { user: { type: 'string' } } as const

export const sshKeyCommands: readonly Command[] = [
  {
    name: 'ssh',
    aliases: ['ssh:info'],
    usage: '',
    summary: 'Where to reach this server over SSH, and the fingerprints it has',
    permission: 'signed-in',
    takes: [0, 0],
    async run(context) {
      const ssh = context.ssh.describe()
      const { open, git, console, sftp } = ssh.connections
      await show(context, ssh, () =>
        facts([
          ['Git', `ssh://git@${ssh.host}:${ssh.port}/<app>.git`],
          ['Commands', `ssh -p ${ssh.port} vastrox@${ssh.host} help`],
          ['Uploads', `sftp -P ${ssh.port} <app>@${ssh.host}`],
          ...ssh.hostKeys.map(
            ({ type, fingerprint }) => ['Host key', `${fingerprint} (${type})`] as const,
          ),
          ['Connections', `${open} (git ${git}, commands ${console}, uploads ${sftp})`],
        ]),
      )
    },
  },
  {
    name: 'keys',
    aliases: ['keys:list'],
    usage: '',
    summary: 'List the SSH keys that may sign in',
    permission: 'key.manage',
    takes: [0, 0],
    async run(context) {
      const keys = context.sshKeys.list(context.actor)
      await show(context, keys, () => tableOf(keys))
    },
  },
  {
    name: 'keys:add',
    usage: '[<key>] [--name laptop] [--user anna] [--expires <days>|never]',
    summary: 'Add an SSH public key; without one it is read from standard input',
    permission: 'key.manage',
    options: { name: { type: 'string' }, expires: { type: 'string' }, ...USER },
    takes: [0, 20],
    async run(context, args) {
      const given = typedKey(args.positionals, context.stdin, textOption(args, 'name'))
      if (!given)
        throw new UsageError(
          'Pipe a key in: vastrox keys:add --name laptop < ~/.ssh/id_ed25519.pub',
        )
      const expiresInDays = textOption(args, 'expires') === undefined ? null : daysOf(args)
      const wish = { ...given, expiresInDays }
      const key = context.sshKeys.add(context.actor, wish, textOption(args, 'user'))
      await show(context, key, () => `Added ${key.name} (${key.fingerprint}) for ${key.user}.\n`)
    },
  },
  {
    name: 'keys:import',
    usage: '[--user anna] < authorized_keys',
    summary: 'Add every SSH key of an authorized_keys file that has no limits',
    permission: 'key.manage',
    options: USER,
    takes: [0, 1],
    async run(context, args) {
      if (context.stdin === undefined)
        throw new UsageError('Pipe a file in: vastrox keys:import < ~/.ssh/authorized_keys')
      const user = textOption(args, 'user')
      const imported = context.sshKeys.importKeys(context.actor, context.stdin, user)
      await show(context, imported, () =>
        [
          ...imported.added.map(({ name, fingerprint }) => `Added ${name} (${fingerprint}).\n`),
          ...imported.skipped.map(({ line, reason }) => `Left out line ${line}: ${reason}\n`),
          ...(imported.added.length + imported.skipped.length === 0
            ? ['There is no key in it.\n']
            : []),
        ].join(''),
      )
      return imported.added.length === 0 && imported.skipped.length > 0 ? EXIT_FAILED : 0
    },
  },
  {
    name: 'keys:remove',
    aliases: ['keys:destroy'],
    usage: '<id or fingerprint>',
    summary: 'Remove an SSH key; whoever is connected with it is out',
    permission: 'key.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = idOf(context, positional(args, 0))
      context.sshKeys.remove(context.actor, id)
      await show(context, { removed: id }, () => 'Removed.\n')
    },
  },
]

const idOf = ({ sshKeys, actor }: CommandContext, text: string): string =>
  sshKeys.list(actor).find(({ fingerprint }) => fingerprint === text)?.id ?? text

const tableOf = (keys: readonly SshKey[]): string =>
  table(
    ['Id', 'Name', 'User', 'Fingerprint', 'Type', 'Expires', 'Last used'],
    keys.map(({ id, name, user, fingerprint, type, expiresAt, lastUsedAt, lastUsedAddress }) => [
      id,
      name,
      user,
      fingerprint,
      type,
      sayEnd({ expiresAt }),
      lastUsedAt === null ? 'never' : `${lastUsedAt} from ${lastUsedAddress ?? '?'}`,
    ]),
  )
