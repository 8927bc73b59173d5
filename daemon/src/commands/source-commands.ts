import {
  ChangeExternal,
  ConnectExternal,
  type ExternalSource,
  type Follow,
  HostKind,
  SourceNetworks,
} from '@vastrox/shared/external-source.ts'
import type { ParseArgsOptionsConfig } from 'node:util'
import {
  type Arguments,
  type Command,
  EXIT_FAILED,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

const CHOICES: ParseArgsOptionsConfig = {
  branch: { type: 'string', short: 'b' },
  tag: { type: 'string' },
  root: { type: 'string' },
  watch: { type: 'string' },
  submodules: { type: 'boolean' },
  'no-submodules': { type: 'boolean' },
  poll: { type: 'string' },
  'no-poll': { type: 'boolean' },
  'no-status': { type: 'boolean' },
}
const CHOICES_USAGE =
  '[--branch main | --tag "v*"] [--root folder] [--watch "api/**,shared"] [--submodules] [--poll seconds | --no-poll] [--no-status]'

export const sourceCommands: readonly Command[] = [
  {
    name: 'source',
    aliases: ['source:show'],
    usage: '<app>',
    summary: 'Show the repository elsewhere that an app is made of',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const source = context.external.get(context.actor, name)
      await show(context, source, () =>
        source === null
          ? `${name} is not made of a repository elsewhere. vastrox source:connect ${name} <address>\n`
          : factsOf(source),
      )
    },
  },
  {
    name: 'source:connect',
    usage: `<app> <address> ${CHOICES_USAGE} [--username name] [--host github|gitlab|gitea] [--token-stdin < token]`,
    summary:
      'Make an app of a repository elsewhere; --token-stdin reads a token, an SSH address gets a deploy key',
    permission: 'app.change',
    options: {
      ...CHOICES,
      username: { type: 'string' },
      host: { type: 'string' },
      'token-stdin': { type: 'boolean' },
    },
    takes: [2, 2],
    async run(context, args) {
      const url = positional(args, 1)
      const token = args.options['token-stdin'] === true ? (context.stdin ?? '').trim() : ''
      const isSsh = !/^https?:/i.test(url.trim())
      const host = HostKind.safeParse(textOption(args, 'host') ?? 'generic')
      if (!host.success) throw new UsageError(`--host takes ${HostKind.options.join(', ')}.`)
      const checked = ConnectExternal.safeParse({
        url,
        access: isSsh ? 'deploy-key' : token === '' ? 'open' : 'token',
        ...(token === '' || isSsh ? {} : { token }),
        ...withText('username', textOption(args, 'username')),
        ...(textOption(args, 'host') === undefined ? {} : { hostKind: host.data }),
        ...choicesOf(args),
      })
      if (!checked.success) throw new UsageError(sayIssue(checked.error))
      const name = positional(args, 0)
      const connected = await context.external.connect(context.actor, name, checked.data)
      await show(context, connected, () => connectedText(name, connected))
    },
  },
  {
    name: 'source:change',
    usage: `<app> ${CHOICES_USAGE}`,
    summary: 'Change what of the repository is deployed, and when',
    permission: 'app.change',
    options: CHOICES,
    takes: [1, 1],
    async run(context, args) {
      const checked = ChangeExternal.safeParse(choicesOf(args))
      if (!checked.success) throw new UsageError(sayIssue(checked.error))
      const source = context.external.change(context.actor, positional(args, 0), checked.data)
      await show(context, source, () => factsOf(source))
    },
  },
  {
    name: 'source:fetch',
    usage: '<app>',
    summary: 'Look at the repository now, and deploy what is new',
    permission: 'app.deploy',
    takes: [1, 1],
    async run(context, args) {
      const outcome = await context.external.fetch(context.actor, positional(args, 0))
      await show(context, outcome, () => `${outcome.reason}\n`)
      return outcome.outcome === 'failed' ? EXIT_FAILED : undefined
    },
  },
  {
    name: 'source:key',
    usage: '<app>',
    summary: 'Make another deploy key; the one before is of no use any more',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const source = await context.external.renewDeployKey(context.actor, positional(args, 0))
      await show(context, source, () => `${source.publicKey ?? ''}\n`)
    },
  },
  {
    name: 'source:forget-host-key',
    usage: '<app>',
    summary: 'Take whatever key the SSH host of the repository shows next for its own',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const source = context.external.forgetHostKey(context.actor, positional(args, 0))
      await show(
        context,
        source,
        () => 'Forgotten. The next connection keeps the key that it sees.\n',
      )
    },
  },
  {
    name: 'source:disconnect',
    usage: '<app>',
    summary: 'Fetch nothing more; what runs goes on running',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      await context.external.disconnect(context.actor, name)
      await show(context, { disconnected: name }, () => `${name} is no longer fetched.\n`)
    },
  },
  {
    name: 'source:networks',
    usage: '[network …] [--none]',
    summary: 'Show or set the private networks that sources may lie in, such as 192.168.1.0/24',
    permission: 'node.read',
    options: { none: { type: 'boolean' } },
    takes: [0, 50],
    async run(context, args) {
      const isSet = args.positionals.length > 0 || args.options['none'] === true
      const checked = SourceNetworks.safeParse({ allowed: args.positionals })
      if (!checked.success) throw new UsageError(sayIssue(checked.error))
      const networks = isSet
        ? context.sourceNetworks.set(context.actor, checked.data)
        : context.sourceNetworks.get(context.actor)
      await show(context, networks, () =>
        networks.allowed.length === 0
          ? 'Only public addresses are reached.\n'
          : `${networks.allowed.join('\n')}\n`,
      )
    },
  },
  {
    name: 'source:authorities',
    usage: '[--none] [< ca.pem]',
    summary: 'Show or set the authorities that Git hosts of your own prove themselves by',
    permission: 'node.read',
    options: { none: { type: 'boolean' } },
    takes: [0, 0],
    async run(context, args) {
      const given = args.options['none'] === true ? '' : context.stdin
      const isSet = args.options['none'] === true || (given ?? '').trim() !== ''
      const shown = isSet
        ? context.sourceNetworks.setAuthorities(context.actor, given ?? '')
        : context.sourceNetworks.authorities(context.actor)
      await show(context, shown, () =>
        shown.authorities.length === 0
          ? 'Git hosts are trusted as the system trusts them.\n'
          : table(
              ['Authority', 'Valid until', 'SHA-256'],
              shown.authorities.map((one) => [one.name, one.validUntil, one.fingerprint]),
            ),
      )
    },
  },
  {
    name: 'webhooks',
    aliases: ['webhooks:list'],
    usage: '<app>',
    summary: 'List the webhooks that came, and what came of each',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const deliveries = context.webhooks.list(context.actor, name)
      await show(context, deliveries, () =>
        deliveries.length === 0
          ? `No webhook has come. The address for one: vastrox source ${name}\n`
          : table(
              ['Id', 'At', 'Event', 'Ref', 'State', 'Why'],
              deliveries.map(({ id, receivedAt, event, ref, state, reason }) => [
                id,
                receivedAt,
                event,
                ref ?? '-',
                state,
                reason,
              ]),
            ),
      )
    },
  },
  {
    name: 'webhooks:redeliver',
    usage: '<app> <id>',
    summary: 'Do again what a webhook asked for',
    permission: 'app.deploy',
    takes: [2, 2],
    async run(context, args) {
      const delivery = await context.webhooks.redeliver(
        context.actor,
        positional(args, 0),
        positional(args, 1),
      )
      await show(context, delivery, () => `${delivery.reason}\n`)
      return delivery.state === 'failed' ? EXIT_FAILED : undefined
    },
  },
  {
    name: 'webhooks:secret',
    usage: '<app>',
    summary: 'Make another secret for the webhook, shown this once',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const renewed = context.external.renewWebhookSecret(context.actor, positional(args, 0))
      await show(context, renewed, () => webhookText(renewed.source, renewed.webhookSecret))
    },
  },
]

function choicesOf(args: Arguments): Record<string, unknown> {
  const branch = textOption(args, 'branch')
  const tag = textOption(args, 'tag')
  if (branch !== undefined && tag !== undefined) throw new UsageError('Give --branch or --tag.')
  const follow: Follow | undefined =
    branch === undefined
      ? tag === undefined
        ? undefined
        : { kind: 'tag', pattern: tag }
      : { kind: 'branch', name: branch }
  const watch = textOption(args, 'watch')
  const root = textOption(args, 'root')
  const poll = numberOption(args, 'poll', 60)
  return {
    ...(follow ? { follow } : {}),
    ...(watch === undefined ? {} : { watchPaths: listOf(watch) }),
    ...(root === undefined ? {} : { rootDirectory: root === '' ? null : root }),
    ...(args.options['submodules'] === true ? { submodules: true } : {}),
    ...(args.options['no-submodules'] === true ? { submodules: false } : {}),
    ...(poll === undefined ? {} : { pollEveryMs: poll * 1_000 }),
    ...(args.options['no-poll'] === true ? { pollEveryMs: null } : {}),
    ...(args.options['no-status'] === true ? { postStatus: false } : {}),
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const withText = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value }

const sayIssue = ({ issues }: { issues: { message: string; path: PropertyKey[] }[] }): string =>
  `${issues[0]?.path.join('.') ?? ''}: ${issues[0]?.message ?? 'it is not allowed'}`

function connectedText(
  app: string,
  { source, webhookSecret }: { source: ExternalSource; webhookSecret: string | null },
): string {
  const key =
    source.publicKey === null
      ? ''
      : `Add this deploy key to the repository (reading is enough), then: vastrox source:fetch ${app}\n\n${source.publicKey}\n\n`
  return `${key}${webhookText(source, webhookSecret)}`
}

const webhookText = ({ webhookUrl }: ExternalSource, secret: string | null): string =>
  secret === null
    ? ''
    : `So that a push deploys at once, add a webhook at the Git host (pushes and tags, JSON):\n${facts(
        [
          ['Address', webhookUrl],
          ['Secret', `${secret} (shown this once)`],
        ],
      )}`

const factsOf = (source: ExternalSource): string =>
  facts([
    ['Address', source.url],
    ['Read with', source.access === 'open' ? 'nothing: it is open' : source.access],
    [
      'Follows',
      source.follow.kind === 'branch'
        ? `branch ${source.follow.name}`
        : `tags ${source.follow.pattern}`,
    ],
    ['Folder', source.rootDirectory ?? '/'],
    ['Watches', source.watchPaths.length === 0 ? 'everything' : source.watchPaths.join(', ')],
    ['Submodules', source.submodules ? 'yes' : 'no'],
    ['Commit', source.commit ? `${source.commit.sha.slice(0, 7)} ${source.commit.subject}` : '-'],
    ['Asked last', source.fetchedAt ?? '-'],
    ['Asked next', source.nextPollAt ?? '-'],
    ['Problem', source.problem ?? '-'],
    ['Host key', source.hostKey ? `${source.hostKey.type} ${source.hostKey.fingerprint}` : '-'],
    ['Deploy key', source.publicKey ?? '-'],
    ['Webhook', source.webhookUrl],
    ['Webhook came', source.webhookAt ?? 'never'],
    ['Status', source.statusProblem ?? '-'],
  ])
