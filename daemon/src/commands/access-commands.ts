import { Permission } from '@vastrox/shared/permissions.ts'
import { TokenKind } from '@vastrox/shared/user.ts'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

const MAX_LISTED = 200

export const accessCommands: readonly Command[] = [
  {
    name: 'tokens',
    aliases: ['tokens:list'],
    usage: '',
    summary: 'List API tokens',
    permission: 'token.manage',
    takes: [0, 0],
    async run(context) {
      const tokens = context.access.tokens.list(context.actor)
      await show(context, tokens, () =>
        table(
          ['Id', 'Name', 'Kind', 'Token', 'Apps', 'Expires', 'Last used'],
          tokens.map((token) => [
            token.id,
            token.name,
            token.kind,
            token.hint,
            token.apps?.join(' ') ?? 'all',
            token.expiresAt ?? 'never',
            token.lastUsedAt ?? 'never',
          ]),
        ),
      )
    },
  },
  {
    name: 'tokens:create',
    usage: '--name <name> [--kind api|deploy] [--admin] [--app <app>,…] [--expires <days>|never]',
    summary: 'Create an API token; it is shown this once',
    permission: 'token.manage',
    options: {
      name: { type: 'string' },
      kind: { type: 'string' },
      admin: { type: 'boolean' },
      app: { type: 'string' },
      expires: { type: 'string' },
    },
    takes: [0, 1],
    async run(context, args) {
      const name = textOption(args, 'name') ?? args.positionals[0]
      if (name === undefined) throw new UsageError('Give it a name: --name ci')
      const kind = TokenKind.safeParse(textOption(args, 'kind') ?? 'api')
      if (!kind.success) throw new UsageError('--kind is api or deploy.')
      const token = context.access.tokens.create(context.actor, {
        name,
        kind: kind.data,
        apps: textOption(args, 'app')?.split(',') ?? null,
        expiresInDays: daysOf(args),
        ...(args.options['admin'] === true ? { permissions: [...Permission.options] } : {}),
      })
      await show(context, token, () => `${token.token}\n`)
    },
  },
  {
    name: 'tokens:revoke',
    aliases: ['tokens:destroy'],
    usage: '<id>',
    summary: 'Revoke an API token',
    permission: 'token.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      context.access.tokens.revoke(context.actor, id)
      await show(context, { revoked: id }, () => 'Revoked.\n')
    },
  },
  {
    name: 'users',
    aliases: ['users:list'],
    usage: '',
    summary: 'List users',
    permission: 'user.manage',
    takes: [0, 0],
    async run(context) {
      const users = context.access.listUsers(context.actor)
      await show(context, users, () =>
        table(
          ['Name', 'Role', 'Password', 'Created'],
          users.map(({ name, role, hasPassword, createdAt }) => [
            name,
            role,
            hasPassword ? 'set' : 'none',
            createdAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'sign-in-link',
    usage: '[<user>]',
    summary: 'Print a link that signs in once, within an hour',
    permission: 'user.manage',
    takes: [0, 1],
    async run(context, args) {
      const { url, expiresAt } = context.access.createSignInLink(args.positionals[0], context.actor)
      const { pathname } = new URL(url)
      const link = { url, path: pathname, expiresAt: expiresAt.toISOString() }
      await show(context, link, () => `${url}\n`)
    },
  },
  {
    name: 'audit',
    aliases: ['audit:list'],
    usage: '[-n 50]',
    summary: 'Who did what to what, newest first',
    permission: 'audit.read',
    options: { number: { type: 'string', short: 'n' } },
    takes: [0, 0],
    async run(context, args) {
      const limit = Math.min(numberOption(args, 'number', 1) ?? 50, MAX_LISTED)
      const { items } = context.audit.list(context.actor, { cursor: undefined, limit })
      await show(context, items, () =>
        table(
          ['When', 'Who', 'What', 'To', 'Result'],
          items.map(({ at, actor, action, target, result }) => [at, actor, action, target, result]),
        ),
      )
    },
  },
  {
    name: 'audit:verify',
    usage: '',
    summary: 'Prove that no audit event was edited or is missing',
    permission: 'audit.read',
    takes: [0, 0],
    async run(context) {
      const result = await context.audit.verify()
      await show(context, result, () => `${result.events} audit events, none edited or missing.\n`)
    },
  },
  {
    name: 'whoami',
    usage: '',
    summary: 'Show who you are and what you may do',
    permission: 'signed-in',
    takes: [0, 0],
    async run(context) {
      const me = context.access.me(context.actor)
      await show(context, me, () =>
        facts([
          ['Name', me.name],
          ['Role', me.role],
          ['May', me.permissions.join(' ')],
        ]),
      )
    },
  },
]

function daysOf(args: Arguments): number | null {
  const text = textOption(args, 'expires')
  if (text === 'never') return null
  return numberOption(args, 'expires', 1) ?? 90
}
