import { Permission, PUSH_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import {
  type ApiToken,
  type CreateToken,
  MAX_GRACE_HOURS,
  REMIND_MS,
  TokenKind,
} from '@vastrox/shared/token.ts'
import { Cidr } from '@vastrox/shared/firewall-rule.ts'
import { z } from 'zod'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

const DAY_MS = 86_400_000

export const tokenCommands: readonly Command[] = [
  {
    name: 'tokens',
    aliases: ['tokens:list'],
    usage: '',
    summary: 'List API and deploy tokens',
    permission: 'token.manage',
    takes: [0, 0],
    async run(context) {
      const tokens = context.access.tokens.list(context.actor)
      await show(context, tokens, () =>
        table(
          ['Id', 'Name', 'Kind', 'Token', 'User', 'Apps', 'From', 'Expires', 'Last used'],
          tokens.map((token) => [
            token.id,
            token.name,
            token.kind,
            token.hint,
            token.user,
            token.apps?.join(' ') ?? 'all',
            token.networks?.join(' ') ?? 'anywhere',
            sayEnd(token),
            token.lastUsedAt === null
              ? 'never'
              : `${token.lastUsedAt} from ${token.lastUsedAddress ?? '?'}`,
          ]),
        ),
      )
    },
  },
  {
    name: 'tokens:create',
    usage:
      '--name <name> [--kind api|deploy] [--admin | --push | --may <permission>,…] [--app <app>,…] [--from <network>,…] [--expires <days>|never]',
    summary: 'Create an API token, or a deploy token for one app; it is shown this once',
    permission: 'token.manage',
    options: {
      name: { type: 'string' },
      kind: { type: 'string' },
      admin: { type: 'boolean' },
      push: { type: 'boolean' },
      may: { type: 'string' },
      app: { type: 'string' },
      from: { type: 'string' },
      expires: { type: 'string' },
    },
    takes: [0, 1],
    async run(context, args) {
      const token = context.access.tokens.create(context.actor, wishOf(args))
      await show(context, token, () => `${token.token}\n`)
    },
  },
  {
    name: 'tokens:rotate',
    usage: '<id> [--grace <hours>] [--expires <days>|never]',
    summary: 'Give a token a new secret; the one before is good for 24 hours more, or as you say',
    permission: 'token.manage',
    options: { grace: { type: 'string' }, expires: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const graceHours = numberOption(args, 'grace') ?? 24
      if (graceHours > MAX_GRACE_HOURS)
        throw new UsageError(`--grace takes at most ${MAX_GRACE_HOURS} hours.`)
      const expires = textOption(args, 'expires')
      const token = context.access.tokens.rotate(context.actor, positional(args, 0), {
        graceHours,
        ...(expires === undefined ? {} : { expiresInDays: daysOf(args) }),
      })
      await show(context, token, () => `${token.token}\n`)
    },
  },
  {
    name: 'tokens:revoke',
    aliases: ['tokens:destroy'],
    usage: '<id>',
    summary: 'Revoke a token',
    permission: 'token.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      context.access.tokens.revoke(context.actor, id)
      await show(context, { revoked: id }, () => 'Revoked.\n')
    },
  },
]

function wishOf(args: Arguments): CreateToken {
  const name = textOption(args, 'name') ?? args.positionals[0]
  if (name === undefined) throw new UsageError('Give it a name: --name ci')
  const kind = TokenKind.safeParse(textOption(args, 'kind') ?? 'api')
  if (!kind.success) throw new UsageError('--kind is api or deploy.')
  const may = z.array(Permission).safeParse(listOf(args, 'may') ?? [])
  if (!may.success) throw new UsageError(`--may takes some of: ${Permission.options.join(',')}`)
  const from = z.array(Cidr).safeParse(listOf(args, 'from') ?? [])
  if (!from.success)
    throw new UsageError('--from takes addresses and networks, such as 203.0.113.0/24.')
  return {
    name,
    kind: kind.data,
    apps: listOf(args, 'app') ?? null,
    networks: from.data.length === 0 ? null : from.data,
    expiresInDays: daysOf(args),
    ...permissionsOf(args, may.data),
  }
}

function permissionsOf(args: Arguments, may: Permission[]): Pick<CreateToken, 'permissions'> {
  if (args.options['admin'] === true) return { permissions: [...Permission.options] }
  if (args.options['push'] === true) return { permissions: [...PUSH_PERMISSIONS] }
  return may.length === 0 ? {} : { permissions: may }
}

const listOf = (args: Arguments, name: string): string[] | undefined =>
  textOption(args, name)
    ?.split(',')
    .filter((word) => word !== '')

/** Days until the end; null never. */
export function daysOf(args: Arguments): number | null {
  const text = textOption(args, 'expires')
  if (text === 'never') return null
  return numberOption(args, 'expires', 1) ?? 90
}

/** The day, and how near it is once that is near. */
export function sayEnd({ expiresAt }: Pick<ApiToken, 'expiresAt'>, now = new Date()): string {
  if (expiresAt === null) return 'never'
  const left = Date.parse(expiresAt) - now.getTime()
  if (left <= 0) return `${expiresAt} (expired)`
  if (left > REMIND_MS) return expiresAt
  const days = Math.ceil(left / DAY_MS)
  return `${expiresAt} (in ${days} ${days === 1 ? 'day' : 'days'}!)`
}
