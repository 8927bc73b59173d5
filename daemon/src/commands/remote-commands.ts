import { ConnectRemote, type RemoteSource } from '@vastrox/shared/remote-source.ts'
import {
  type Command,
  EXIT_FAILED,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show } from '#commands/output.ts'

export const remoteCommands: readonly Command[] = [
  {
    name: 'remote',
    aliases: ['remote:show'],
    usage: '<app>',
    summary: 'Show the folder on another server that an app is made of',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const remote = context.remote.get(context.actor, name)
      await show(context, remote, () =>
        remote === null
          ? `${name} is not made of a folder elsewhere. vastrox remote:connect ${name} me@host:/folder\n`
          : factsOf(remote),
      )
    },
  },
  {
    name: 'remote:connect',
    usage:
      '<app> <user>@<host>:<folder> [--port 22] [--every seconds] [--ignore ".git,tmp"] [--password-stdin < password]',
    summary:
      'Make an app of a folder on another server, read by SFTP; without a password a key is made',
    permission: 'app.change',
    options: {
      port: { type: 'string' },
      every: { type: 'string' },
      ignore: { type: 'string' },
      'password-stdin': { type: 'boolean' },
    },
    takes: [2, 2],
    async run(context, args) {
      const [, username, host, folder] =
        /^([^@]+)@(\[[^\]]+\]|[^:]+):(.+)$/s.exec(positional(args, 1)) ?? []
      const port = numberOption(args, 'port', 1)
      const every = numberOption(args, 'every', 60)
      const ignore = textOption(args, 'ignore')
      const password = args.options['password-stdin'] === true ? (context.stdin ?? '') : undefined
      const wish = ConnectRemote.safeParse({
        username,
        host: host?.replace(/^\[|\]$/g, ''),
        folder,
        access: password === undefined ? 'key' : 'password',
        ...(password === undefined ? {} : { password: password.replace(/\r?\n$/, '') }),
        ...(port === undefined ? {} : { port }),
        ...(every === undefined ? {} : { pullEveryMs: every * 1_000 }),
        ...(ignore === undefined ? {} : { ignore: ignore.split(',').map((part) => part.trim()) }),
      })
      if (!wish.success)
        throw new UsageError(wish.error.issues[0]?.message ?? 'Use me@host:/folder.')
      const name = positional(args, 0)
      const remote = await context.remote.connect(context.actor, name, wish.data)
      await show(context, remote, () =>
        remote.publicKey === null
          ? `${name} is pulled from ${remote.host}.\n`
          : `Add this key to ~/.ssh/authorized_keys of ${remote.username}, then: vastrox remote:pull ${name}\n\n${remote.publicKey}\n`,
      )
    },
  },
  {
    name: 'remote:pull',
    usage: '<app> [--full]',
    summary: 'Pull the folder now and deploy what has changed; --full compares every file',
    permission: 'app.deploy',
    options: { full: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const full = args.options['full'] === true
      const outcome = await context.remote.pull(context.actor, positional(args, 0), { full })
      await show(context, outcome, () => `${outcome.reason}\n`)
      return outcome.outcome === 'failed' ? EXIT_FAILED : undefined
    },
  },
  {
    name: 'remote:forget-host-key',
    usage: '<app>',
    summary: 'Take whatever key the server shows next for its own',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const remote = context.remote.forgetHostKey(context.actor, positional(args, 0))
      await show(context, remote, () => 'Forgotten. The next pull keeps the key that it sees.\n')
    },
  },
  {
    name: 'remote:disconnect',
    usage: '<app>',
    summary: 'Pull nothing more; what runs goes on running',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      await context.remote.disconnect(context.actor, name)
      await show(context, { disconnected: name }, () => `${name} is no longer pulled.\n`)
    },
  },
]

const factsOf = (remote: RemoteSource): string =>
  facts([
    ['Folder', `${remote.username}@${remote.host}:${remote.folder}`],
    ['Port', String(remote.port)],
    ['Signs in with', remote.access],
    ['Key', remote.publicKey ?? '-'],
    ['Host key', remote.hostKey ? `${remote.hostKey.type} ${remote.hostKey.fingerprint}` : '-'],
    ['Leaves out', remote.ignore.join(', ')],
    ['Every', remote.pullEveryMs === null ? 'by hand' : `${remote.pullEveryMs / 1_000} s`],
    ['Files', remote.summary === null ? '-' : String(remote.summary.files)],
    ['Pulled last', remote.pulledAt ?? '-'],
    ['Pulled next', remote.nextPullAt ?? '-'],
    ['Problem', remote.problem ?? '-'],
    ...(remote.summary?.skipped ?? []).map((why) => ['Left out', why] as const),
  ])
