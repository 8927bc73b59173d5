import type { Command } from '#commands/command.ts'
import { facts, show } from '#commands/output.ts'

export const accessCommands: readonly Command[] = [
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
          ['Team', me.team.name],
          ['May', me.permissions.join(' ')],
        ]),
      )
    },
  },
]
