import { ProviderName, SetSignInProvider } from '@vastrox/shared/sign-in.ts'
import { type Command, positional, textOption, UsageError } from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

/** How people prove who they are, as far as operators say it. */
export const signInCommands: readonly Command[] = [
  {
    name: 'sign-in-providers',
    aliases: ['sign-in-providers:list'],
    usage: '',
    summary: 'Providers that people may sign in by (OpenID Connect, GitHub …)',
    permission: 'node.change',
    takes: [0, 0],
    async run(context) {
      const list = context.access.providers.list(context.actor)
      await show(context, list, () =>
        [
          list.providers.length === 0
            ? 'Nobody signs in by a provider.\n'
            : table(
                ['Name', 'Preset', 'Issuer', 'Client', 'Domains', 'Role'],
                list.providers.map(({ name, preset, issuer, clientId, domains, role }) => [
                  name,
                  preset,
                  issuer,
                  clientId,
                  domains.join(' ') || 'none',
                  role,
                ]),
              ),
          '\nPresets: ',
          list.presets.map(({ name }) => name).join(', '),
          `\nTell the provider this redirect address: ${list.redirectUrl}\n`,
        ].join(''),
      )
    },
  },
  {
    name: 'sign-in-providers:set',
    aliases: ['sign-in-providers:add'],
    usage:
      '<name> --preset openid|google|gitlab|github --client-id <id> [--issuer <url>] [--domains a.example,…] [--role viewer] < secret',
    summary: 'Let people sign in by a provider; the client secret is piped in',
    permission: 'node.change',
    options: {
      preset: { type: 'string' },
      issuer: { type: 'string' },
      'client-id': { type: 'string' },
      title: { type: 'string' },
      domains: { type: 'string' },
      role: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const name = ProviderName.safeParse(positional(args, 0))
      if (!name.success) throw new UsageError(name.error.issues[0]?.message ?? 'Not a name.')
      const secret = (context.stdin ?? '').trim()
      const domains = textOption(args, 'domains')
      const wish = SetSignInProvider.safeParse({
        preset: textOption(args, 'preset') ?? 'openid',
        issuer: textOption(args, 'issuer'),
        clientId: textOption(args, 'client-id'),
        title: textOption(args, 'title'),
        role: textOption(args, 'role'),
        domains: domains?.split(',').filter((domain) => domain !== ''),
        clientSecret: secret === '' ? undefined : secret,
      })
      if (!wish.success) {
        const [issue] = wish.error.issues
        throw new UsageError(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'no'}`)
      }
      const made = await context.access.providers.set(context.actor, name.data, wish.data)
      await show(
        context,
        made,
        () => `People may sign in by ${made.title}. Its redirect address: ${made.redirectUrl}\n`,
      )
    },
  },
  {
    name: 'sign-in-providers:test',
    usage: '<name>',
    summary: 'Ask a provider what it is',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const found = await context.access.providers.test(context.actor, positional(args, 0))
      await show(context, found, () => `${found.issuer} answers as it should.\n`)
    },
  },
  {
    name: 'sign-in-providers:remove',
    aliases: ['sign-in-providers:destroy'],
    usage: '<name>',
    summary: 'Let nobody sign in by it any more',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      context.access.providers.remove(context.actor, name)
      await show(context, { name }, () => `Nobody signs in by ${name} any more.\n`)
    },
  },
  {
    name: 'second-factor',
    usage: 'required|optional',
    summary: 'Whether everybody of the team needs a second factor',
    permission: 'user.manage',
    takes: [0, 1],
    async run(context, args) {
      const { factors } = context.access
      const [wish] = args.positionals
      if (wish !== undefined && wish !== 'required' && wish !== 'optional')
        throw new UsageError('Say required or optional.')
      if (wish !== undefined) factors.require(context.actor, wish === 'required')
      const secondFactor = factors.isRequired(context.actor.teamId) ? 'required' : 'optional'
      await show(context, { secondFactor }, () => `A second factor is ${secondFactor}.\n`)
    },
  },
]
