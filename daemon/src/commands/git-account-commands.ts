import { AddGitAccount, ConnectRepository } from '@vastrox/shared/git-account.ts'
import { type Command, positional, textOption, UsageError } from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

export const gitAccountCommands: readonly Command[] = [
  {
    name: 'git-accounts',
    aliases: ['git-accounts:list'],
    usage: '',
    summary: 'List the accounts at Git hosts, by which repositories are picked',
    permission: 'app.change',
    takes: [0, 0],
    async run(context) {
      const accounts = context.gitAccounts.list(context.actor)
      await show(context, accounts, () =>
        accounts.length === 0
          ? 'No accounts. vastrox git-accounts:add gitlab https://gitlab.com --token-stdin < token\n'
          : table(
              ['Id', 'Host', 'Address', 'Name', 'Connected'],
              accounts.map(({ id, hostKind, baseUrl, name, connectedAt, problem }) => [
                id,
                hostKind,
                baseUrl,
                name,
                problem ?? connectedAt ?? 'not yet',
              ]),
            ),
      )
    },
  },
  {
    name: 'git-accounts:add',
    usage:
      '<github|gitlab|gitea> <address> --token-stdin < token | --client-id id --secret-stdin < secret | --app [--organization name]',
    summary: 'Add an account at a Git host: by a token, by OAuth, or as a GitHub App',
    permission: 'registry.manage',
    options: {
      'token-stdin': { type: 'boolean' },
      'secret-stdin': { type: 'boolean' },
      'client-id': { type: 'string' },
      app: { type: 'boolean' },
      organization: { type: 'string' },
    },
    takes: [2, 2],
    async run(context, args) {
      const said = (context.stdin ?? '').trim()
      const clientId = textOption(args, 'client-id')
      const organization = textOption(args, 'organization')
      const wish = AddGitAccount.safeParse({
        hostKind: positional(args, 0),
        baseUrl: positional(args, 1),
        ...(args.options['app'] === true
          ? { kind: 'github-app', ...(organization === undefined ? {} : { organization }) }
          : clientId === undefined
            ? { kind: 'token', token: said }
            : { kind: 'oauth', clientId, clientSecret: said }),
      })
      if (!wish.success)
        throw new UsageError(wish.error.issues[0]?.message ?? 'That is no account at a Git host.')
      const added = await context.gitAccounts.add(context.actor, wish.data)
      await show(context, added, () =>
        added.goTo === null
          ? `Added: ${added.account.name} (${added.account.id}).\n`
          : `Open this in a browser where you are signed in to the dashboard, and agree to it:\n${added.goTo}\n`,
      )
    },
  },
  {
    name: 'git-accounts:remove',
    usage: '<id>',
    summary: 'Forget an account at a Git host; what was installed there stays',
    permission: 'registry.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      context.gitAccounts.remove(context.actor, id)
      await show(context, { removed: id }, () => `Forgotten: ${id}.\n`)
    },
  },
  {
    name: 'git-accounts:repositories',
    usage: '<id> [search]',
    summary: 'List the repositories that an account may change',
    permission: 'app.change',
    takes: [1, 2],
    async run(context, args) {
      const [id = '', search = ''] = args.positionals
      const found = await context.gitAccounts.repositories(context.actor, id, search)
      await show(context, found, () =>
        table(
          ['Repository', 'Branch', 'Private'],
          found.map(({ name, defaultBranch, isPrivate }) => [
            name,
            defaultBranch,
            isPrivate ? 'yes' : 'no',
          ]),
        ),
      )
    },
  },
  {
    name: 'git-accounts:branches',
    usage: '<id> <repository>',
    summary: 'List the branches of a repository',
    permission: 'app.change',
    takes: [2, 2],
    async run(context, args) {
      const branches = await context.gitAccounts.branches(
        context.actor,
        positional(args, 0),
        positional(args, 1),
      )
      await show(context, branches, () => branches.map((name) => `${name}\n`).join(''))
    },
  },
  {
    name: 'source:pick',
    usage: '<app> <account> <repository> --branch main [--root folder]',
    summary: 'Make an app of a repository of an account: key and webhook are installed there',
    permission: 'app.change',
    options: { branch: { type: 'string', short: 'b' }, root: { type: 'string' } },
    takes: [3, 3],
    async run(context, args) {
      const root = textOption(args, 'root')
      const wish = ConnectRepository.safeParse({
        account: positional(args, 1),
        repository: positional(args, 2),
        branch: textOption(args, 'branch') ?? 'main',
        ...(root === undefined ? {} : { rootDirectory: root }),
      })
      if (!wish.success)
        throw new UsageError(wish.error.issues[0]?.message ?? 'That cannot be picked.')
      const name = positional(args, 0)
      const { source } = await context.gitAccounts.connect(context.actor, name, wish.data)
      await show(
        context,
        source,
        () => `${name} is made of ${source.url}; a push there deploys it.\n`,
      )
    },
  },
]
