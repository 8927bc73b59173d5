import type { Domain, DomainCheck } from '@vastrox/shared/domain.ts'
import { readHostName } from '@vastrox/shared/host-name.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  EXIT_FAILED,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, plain, show, table } from '#commands/output.ts'

/** What a script can go by: the name leads here, or needs nothing to. */
const GOOD: readonly (DomainCheck['state'] | undefined)[] = ['ready', 'private']

export const domainCommands: readonly Command[] = [
  {
    name: 'domains',
    aliases: ['domains:list'],
    usage: '<app>',
    summary: 'List the domains of an app, and how their DNS and certificates stand',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const domains = context.domains.list(context.actor, app)
      await show(context, domains, () =>
        domains.length === 0
          ? `${context.apps.get(context.actor, app).urls.join('\n')}\n\nNo domains yet. Add one: vastrox domains:add ${app} example.com\n`
          : table(['Domain', '', 'DNS', 'HTTPS', ''], domains.map(rowOf)),
      )
    },
  },
  {
    name: 'domains:add',
    usage: '<app> <host> [--with-www] [--redirect-to <host>] [--prove]',
    summary: 'Add a domain to an app, and say which records are to be set',
    permission: 'app.change',
    options: {
      'with-www': { type: 'boolean' },
      'redirect-to': { type: 'string' },
      prove: { type: 'boolean' },
    },
    takes: [2, 2],
    async run(context, args) {
      const target = textOption(args, 'redirect-to')
      const app = positional(args, 0)
      const added = await context.domains.add(context.actor, app, {
        host: hostOf(positional(args, 1)),
        redirectTo: target === undefined ? null : hostOf(target),
        withCounterpart: args.options['with-www'] === true,
        prove: args.options['prove'] === true,
      })
      if (context.json) return context.print(`${JSON.stringify(added)}\n`)
      const all = [added.domain, ...(added.also ? [added.also] : [])]
      for (const { host } of all) {
        await tell(context, await context.domains.check(context.actor, app, host, context.signal))
      }
      if (added.offer !== null)
        await context.print(
          `\n${added.offer} is free too: vastrox domains:add ${app} ${added.offer} --redirect-to ${added.domain.host}\n`,
        )
    },
  },
  {
    name: 'domains:check',
    usage: '<app> <host>',
    summary: 'Say what is wrong with a domain, and what to do',
    permission: 'app.read',
    takes: [2, 2],
    async run(context, args) {
      const host = hostOf(positional(args, 1))
      const app = positional(args, 0)
      const domain = await context.domains.check(context.actor, app, host, context.signal)
      await tell(context, domain)
      return GOOD.includes(domain.check?.state) ? 0 : EXIT_FAILED
    },
  },
  {
    name: 'domains:primary',
    usage: '<app> <host>',
    summary: 'Show this domain as the address of the app',
    permission: 'app.change',
    takes: [2, 2],
    async run(context, args) {
      const domain = await context.domains.change(...named(context, args), { isPrimary: true })
      await show(context, domain, () => `${domain.host} is the address of ${domain.app}.\n`)
    },
  },
  {
    name: 'domains:redirect',
    usage: '<app> <host> [<to> | --off]',
    summary: 'Send the visitors of a domain on to another one of the app',
    permission: 'app.change',
    options: { off: { type: 'boolean' } },
    takes: [2, 3],
    async run(context, args) {
      const isOff = args.options['off'] === true
      const [, , target] = args.positionals
      if ((target === undefined) !== isOff) throw new UsageError('Name where to, or say --off.')
      const redirectTo = target === undefined ? null : hostOf(target)
      const domain = await context.domains.change(...named(context, args), { redirectTo })
      await show(context, domain, () =>
        redirectTo === null
          ? `${domain.host} serves ${domain.app} itself.\n`
          : `${domain.host} redirects to ${redirectTo}.\n`,
      )
    },
  },
  {
    name: 'domains:move',
    usage: '<app> <host> <other app>',
    summary: 'Hand a domain over to another app, with no request lost',
    permission: 'app.change',
    takes: [3, 3],
    async run(context, args) {
      const domain = await context.domains.move(...named(context, args), positional(args, 2))
      await show(context, domain, () => `${domain.host} leads to ${domain.app} now.\n`)
    },
  },
  {
    name: 'domains:remove',
    usage: '<app> <host>',
    summary: 'Remove a domain from an app; its certificates are kept',
    permission: 'app.change',
    takes: [2, 2],
    async run(context, args) {
      const [actor, app, host] = named(context, args)
      await context.domains.remove(actor, app, host)
      await show(context, { removed: host }, () => `${host} is removed.\n`)
    },
  },
]

const named = (
  { actor }: CommandContext,
  args: Arguments,
): [CommandContext['actor'], string, string] => [
  actor,
  positional(args, 0),
  hostOf(positional(args, 1)),
]

function hostOf(typed: string): string {
  const { host, problem } = readHostName(typed)
  if (host === undefined) throw new UsageError(problem)
  return host
}

const rowOf = (domain: Domain): string[] => [
  domain.unicode === domain.host ? domain.host : `${domain.unicode} (${domain.host})`,
  roleOf(domain),
  domain.check?.state ?? 'not looked at yet',
  httpsOf(domain),
  GOOD.includes(domain.check?.state) ? '' : (domain.check?.summary ?? ''),
]

function roleOf({ isPrimary, redirectTo }: Domain): string {
  if (redirectTo !== null) return `→ ${redirectTo}`
  return isPrimary ? 'primary' : ''
}

function httpsOf({ certificate }: Domain): string {
  if (certificate === null) return HTTPS_WORDS.none
  const { state, issuer, daysLeft } = certificate
  return state === 'valid' || state === 'expiring'
    ? `${issuer ?? 'a certificate'}, ${daysLeft ?? 0} days`
    : HTTPS_WORDS[state]
}

const HTTPS_WORDS = {
  none: 'none yet',
  'waiting-for-dns': 'waits for the DNS',
  ordering: 'on its way',
  expired: 'expired',
  failed: 'refused',
}

const providerOf = (check: DomainCheck | null): string => {
  const servers = check?.nameServers ?? []
  return servers.length === 0 ? '' : ` (whoever runs ${servers.join(', ')})`
}

const SIGN = { bad: '✗', warn: '!', info: '·', ok: '✓' } as const

async function tell(context: CommandContext, domain: Domain): Promise<void> {
  const { check, certificate } = domain
  await show(context, domain, () => {
    const lines = [`${domain.unicode}: ${check?.summary ?? 'It is being looked at.'}\n`]
    for (const { level, message, hint } of check?.findings ?? [])
      lines.push(`  ${SIGN[level]} ${message}\n`, hint === null ? '' : `    ${hint}\n`)
    const open = check?.records.filter(({ state }) => state !== 'right') ?? []
    if (open.length > 0)
      lines.push(
        `\nRecords to set at your DNS provider${providerOf(check)}:\n`,
        table(
          ['Type', 'Name', 'Value', 'There now'],
          open.map(({ type, label, value, found }) => [type, label, value, found.join(' ')]),
        ),
      )
    if (certificate) lines.push('\n', facts([['HTTPS', httpsOf(domain)]]))
    if (certificate?.problem) lines.push(facts([['Certificate', certificate.problem]]))
    return lines.map(plainLine).join('')
  })
}

/** What strangers put into their DNS steers no terminal (rule C15). */
const plainLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => plain(line))
    .join('\n')
