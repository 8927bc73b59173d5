import { AppRole, Role } from '@vastrox/shared/permissions.ts'
import { TeamName } from '@vastrox/shared/team.ts'
import {
  type Arguments,
  type Command,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

const ROLES = Role.options.join('|')
const APP_ROLES = AppRole.options.join('|')

/** People, and the teams that they are in. */
export const peopleCommands: readonly Command[] = [
  {
    name: 'users',
    aliases: ['users:list'],
    usage: '',
    summary: 'List the people of the team',
    permission: 'user.manage',
    takes: [0, 0],
    async run(context) {
      const users = context.access.people.list(context.actor)
      await show(context, users, () =>
        table(
          ['Name', 'Role', 'On single apps', 'Password', 'State', 'Joined'],
          users.map(({ name, role, grants, hasPassword, disabledAt, createdAt }) => [
            name,
            role,
            Object.entries(grants)
              .map(([app, as]) => `${app}:${as}`)
              .join(' ') || '-',
            hasPassword ? 'set' : 'none',
            disabledAt === null ? 'active' : 'disabled',
            createdAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'users:invite',
    usage: `[--role ${ROLES}] [--grant <app>:<role>,…] [--note <whom>]`,
    summary: 'Print a link that lets somebody into the team once, within 7 days',
    permission: 'user.manage',
    options: {
      role: { type: 'string' },
      grant: { type: 'string' },
      note: { type: 'string' },
    },
    takes: [0, 0],
    async run(context, args) {
      const grants = grantsOf(textOption(args, 'grant'))
      const fallback = Object.keys(grants).length > 0 ? 'guest' : 'developer'
      const invitation = context.access.invitations.create(context.actor, {
        role: roleOf(textOption(args, 'role') ?? fallback),
        grants,
        note: (textOption(args, 'note') ?? '').slice(0, 80),
      })
      await show(context, invitation, () => `${invitation.url}\n`)
    },
  },
  {
    name: 'invitations',
    aliases: ['users:invitations'],
    usage: '',
    summary: 'List invitations that nobody has accepted yet',
    permission: 'user.manage',
    takes: [0, 0],
    async run(context) {
      const invitations = context.access.invitations.list(context.actor)
      await show(context, invitations, () =>
        table(
          ['Id', 'For', 'Role', 'Apps', 'By', 'Expires'],
          invitations.map(({ id, note, role, grants, invitedBy, expiresAt }) => [
            id,
            note || '-',
            role,
            Object.keys(grants).join(' ') || '-',
            invitedBy,
            expiresAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'invitations:revoke',
    usage: '<id>',
    summary: 'Make the link of an invitation good for nothing',
    permission: 'user.manage',
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      context.access.invitations.revoke(context.actor, id)
      await show(context, { revoked: id }, () => 'Revoked.\n')
    },
  },
  {
    name: 'users:role',
    usage: `<user> ${ROLES}`,
    summary: 'Change what somebody is in the team',
    permission: 'user.manage',
    takes: [2, 2],
    async run(context, args) {
      const role = roleOf(positional(args, 1))
      const user = context.access.people.change(context.actor, positional(args, 0), { role })
      await show(context, user, () => `${user.name} is ${user.role} now.\n`)
    },
  },
  {
    name: 'users:grant',
    usage: `<user> <app> ${APP_ROLES}|none`,
    summary: 'Say what somebody is on one app, besides their role',
    permission: 'user.manage',
    takes: [3, 3],
    async run(context, args) {
      const [name, app, text] = [positional(args, 0), positional(args, 1), positional(args, 2)]
      const role = text === 'none' ? null : appRoleOf(text)
      const grants = { [app]: role }
      const user = context.access.people.change(context.actor, name, { grants })
      await show(context, user, () =>
        role === null
          ? `${name} has nothing besides on ${app}.\n`
          : `${name} is ${role} on ${app}.\n`,
      )
    },
  },
  switchOf('disable', true, 'Keep somebody out: whatever they are signed in by ends at once'),
  switchOf('enable', false, 'Let somebody in again who was disabled'),
  {
    name: 'users:remove',
    usage: '<user>',
    summary: 'Take somebody out of the team; what they made stays, their tokens and keys go',
    permission: 'user.manage',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      context.access.people.remove(context.actor, name)
      await show(context, { removed: name }, () => `${name} is not in the team any more.\n`)
    },
  },
  {
    name: 'users:sessions',
    usage: '<user>',
    summary: 'Where somebody is signed in',
    permission: 'user.manage',
    takes: [1, 1],
    async run(context, args) {
      const sessions = context.access.people.listSessions(context.actor, positional(args, 0))
      await show(context, sessions, () =>
        table(
          ['Id', 'Address', 'Browser', 'Since', 'Last used'],
          sessions.map(({ id, address, userAgent, createdAt, lastUsedAt }) => [
            id,
            address,
            userAgent.slice(0, 60),
            createdAt,
            lastUsedAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'users:sign-out',
    usage: '<user> [<session>]',
    summary: 'End one of somebody’s sign-ins, or all',
    permission: 'user.manage',
    takes: [1, 2],
    async run(context, args) {
      const [name, id] = [positional(args, 0), args.positionals[1]]
      context.access.people.endSessions(context.actor, name, id)
      await show(context, { signedOut: name }, () => 'Signed out.\n')
    },
  },
  {
    name: 'teams',
    aliases: ['teams:list'],
    usage: '',
    summary: 'List the teams that you are in',
    permission: 'signed-in',
    takes: [0, 0],
    async run(context) {
      const teams = context.access.teams.list(context.actor)
      await show(context, teams, () =>
        table(
          ['Name', 'You are', 'Created', ''],
          teams.map(({ name, role, createdAt, isOperators }) => [
            name,
            role,
            createdAt,
            isOperators ? 'operators' : '',
          ]),
        ),
      )
    },
  },
  {
    name: 'teams:create',
    usage: '<name>',
    summary: 'Create a team; you are its owner',
    permission: 'team.create',
    takes: [1, 1],
    async run(context, args) {
      const team = context.access.teams.create(context.actor, teamNameOf(args, 0))
      await show(context, team, () => `Created the team ${team.name}.\n`)
    },
  },
  {
    name: 'teams:rename',
    usage: '<team> <name>',
    summary: 'Rename the team that you work in',
    permission: 'team.manage',
    takes: [2, 2],
    async run(context, args) {
      const name = teamNameOf(args, 1)
      context.access.teams.rename(context.actor, positional(args, 0), name)
      await show(context, { name }, () => `It is called ${name} now.\n`)
    },
  },
  {
    name: 'teams:remove',
    usage: '<team>',
    summary: 'Remove the team that you work in, once it is empty',
    permission: 'team.manage',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      context.access.teams.remove(context.actor, name)
      await show(context, { removed: name }, () => `Removed the team ${name}.\n`)
    },
  },
]

/** Only on the console of this server: whoever may use it is root. */
export const resetUserCommand: Command = {
  name: 'users:reset',
  usage: '<user>',
  summary: 'Forget all that somebody signs in by, and print a link that signs them in once',
  permission: 'user.manage',
  takes: [1, 1],
  async run(context, args) {
    const { url, expiresAt } = context.access.people.reset(context.actor, positional(args, 0))
    await show(context, { url, expiresAt: expiresAt.toISOString() }, () => `${url}\n`)
  },
}

function switchOf(verb: string, disabled: boolean, summary: string): Command {
  return {
    name: `users:${verb}`,
    usage: '<user>',
    summary,
    permission: 'user.manage',
    takes: [1, 1],
    async run(context, args) {
      const user = context.access.people.change(context.actor, positional(args, 0), { disabled })
      await show(context, user, () => `${user.name} is ${disabled ? 'disabled' : 'enabled'}.\n`)
    },
  }
}

function roleOf(text: string): Role {
  const role = Role.safeParse(text)
  if (!role.success) throw new UsageError(`A role is one of ${Role.options.join(', ')}.`)
  return role.data
}

function appRoleOf(text: string): AppRole {
  const role = AppRole.safeParse(text)
  if (!role.success)
    throw new UsageError(`On an app somebody is one of ${AppRole.options.join(', ')}.`)
  return role.data
}

/** `blog:developer,shop:viewer`. */
function grantsOf(text: string | undefined): Record<string, AppRole> {
  const pairs = text?.split(',').map((pair) => pair.split(':')) ?? []
  return Object.fromEntries(
    pairs.map(([app, role]) => {
      if (!app || role === undefined)
        throw new UsageError('--grant takes an app and a role: blog:developer')
      return [app, appRoleOf(role)]
    }),
  )
}

function teamNameOf(args: Arguments, at: number): string {
  const name = TeamName.safeParse(positional(args, at))
  if (!name.success) throw new UsageError(name.error.issues[0]?.message ?? 'That is no name.')
  return name.data
}
