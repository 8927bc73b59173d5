import { randomBytes } from 'node:crypto'
import {
  BasicAuthPassword,
  BasicAuthUserName,
  type ChangeRouteSettings,
  FIRST_HSTS_S,
  FULL_HSTS_S,
  Hsts,
  Maintenance,
  PathRoute,
  Redirect,
  ResponseHeader,
  type ShownRouteSettings,
} from '@vastrox/shared/route-settings.ts'
import { Cidr } from '@vastrox/shared/firewall-rule.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { listOf, parsed, secondsOf } from '#commands/firewall-arguments.ts'
import { plain, show, table } from '#commands/output.ts'
import { routingText } from '#commands/routing-texts.ts'
import { onOf, wishOf } from '#commands/routing-words.ts'

const CHANGE = 'app.change'
const READ = 'app.read'
const PASSWORD_BYTES = 15

export const routingCommands: readonly Command[] = [
  {
    name: 'routing',
    aliases: ['routing:show'],
    usage: '<app>',
    summary: 'What the proxy does for the routes of an app',
    permission: READ,
    takes: [1, 1],
    run: (context, args) => tell(context, read(context, args)),
  },
  {
    name: 'routing:set',
    usage:
      '<app> [https=auto|always|never] [compression=safe|all|off] [body=250M] [timeout=90s] [idle=5m] [rate=10:40] [concurrent=100] [sticky=on|off] [assets=on|off]',
    summary: 'Change it; in force at once. none or default takes a limit away',
    permission: CHANGE,
    takes: [2, 10],
    run: (context, args) =>
      change(context, args, Object.assign({}, ...args.positionals.slice(1).map(wishOf))),
  },
  {
    name: 'paths:add',
    usage: '<app> </path> <process> [--strip]',
    summary: 'Send a part of the address to another process; --strip takes the path off',
    permission: CHANGE,
    options: { strip: { type: 'boolean' } },
    takes: [3, 3],
    run(context, args) {
      const path = parsed(PathRoute, {
        prefix: positional(args, 1),
        process: positional(args, 2),
        strip: args.options['strip'] === true,
      })
      const others = read(context, args).paths.filter(({ prefix }) => prefix !== path.prefix)
      return change(context, args, { paths: [...others, path] })
    },
  },
  {
    name: 'paths:remove',
    usage: '<app> </path>',
    summary: 'Give that part of the address back to web',
    permission: CHANGE,
    takes: [2, 2],
    run(context, args) {
      const { paths } = read(context, args)
      const left = paths.filter(({ prefix }) => prefix !== positional(args, 1))
      mustBeLess(left, paths, 'There is no such path.')
      return change(context, args, { paths: left })
    },
  },
  {
    name: 'redirects',
    aliases: ['redirects:list'],
    usage: '<app>',
    summary: 'The redirects of an app, in their order',
    permission: READ,
    takes: [1, 1],
    async run(context, args) {
      const { redirects } = read(context, args)
      await show(context, redirects, () =>
        redirects.length === 0
          ? 'No redirects.\n'
          : table(
              ['From', 'To', 'Status'],
              redirects.map(({ from, to, status }) => [from, to, String(status)]),
            ),
      )
    },
  },
  {
    name: 'redirects:add',
    usage: '<app> </from or /from/*> <to or to/*> [--status 301|302|307|308] [--first]',
    summary: 'Redirect a path, or all below it; the query is kept, the first that fits counts',
    permission: CHANGE,
    options: { status: { type: 'string' }, first: { type: 'boolean' } },
    takes: [3, 3],
    run(context, args) {
      const redirect = parsed(Redirect, {
        from: positional(args, 1),
        to: positional(args, 2),
        status: Number(textOption(args, 'status') ?? '308'),
      })
      const others = read(context, args).redirects.filter(({ from }) => from !== redirect.from)
      const isFirst = args.options['first'] === true
      return change(context, args, {
        redirects: isFirst ? [redirect, ...others] : [...others, redirect],
      })
    },
  },
  {
    name: 'redirects:remove',
    usage: '<app> </from>',
    summary: 'Take a redirect away',
    permission: CHANGE,
    takes: [2, 2],
    run(context, args) {
      const { redirects } = read(context, args)
      const left = redirects.filter(({ from }) => from !== positional(args, 1))
      mustBeLess(left, redirects, 'There is no such redirect.')
      return change(context, args, { redirects: left })
    },
  },
  {
    name: 'basic-auth:set',
    usage: '<app> <name> [--password-stdin]',
    summary: 'Ask for a password; without --password-stdin one is made and shown once',
    permission: CHANGE,
    options: { 'password-stdin': { type: 'boolean' } },
    takes: [2, 2],
    async run(context, args) {
      const name = parsed(BasicAuthUserName, positional(args, 1))
      const isGiven = args.options['password-stdin'] === true
      const password = isGiven
        ? passwordOf(context)
        : randomBytes(PASSWORD_BYTES).toString('base64url')
      const settings = await context.routeSettings.setUser(
        context.actor,
        positional(args, 0),
        name,
        password,
      )
      const shown = isGiven ? {} : { password }
      await show(
        context,
        { users: settings.basicAuthUsers, ...shown },
        () => `${plain(isGiven ? `${name} has that password now.` : `${name}: ${password}`)}\n`,
      )
    },
  },
  {
    name: 'basic-auth:remove',
    usage: '<app> <name>',
    summary: 'Take a password away; without one left the app is open',
    permission: CHANGE,
    takes: [2, 2],
    async run(context, args) {
      const settings = await context.routeSettings.removeUser(
        context.actor,
        positional(args, 0),
        positional(args, 1),
      )
      await tell(context, settings)
    },
  },
  {
    name: 'access',
    usage: '<app> [--allow 203.0.113.0/24,2001:db8::/32 | none] [--deny 198.51.100.7 | none]',
    summary: 'Who may come in by address; deny is stronger than allow',
    permission: READ,
    options: { allow: { type: 'string' }, deny: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const allow = addressesOf(textOption(args, 'allow'))
      const deny = addressesOf(textOption(args, 'deny'))
      if (allow || deny) {
        await change(context, args, { ...(allow ? { allow } : {}), ...(deny ? { deny } : {}) })
        return
      }
      await tell(context, read(context, args))
    },
  },
  {
    name: 'maintenance',
    usage:
      '<app> on|off [--allow 203.0.113.7 | none] [--retry-after 10m] [--page-stdin < page.html | --own-page]',
    summary: 'Show visitors a page instead of the app; --own-page is ours again',
    permission: CHANGE,
    options: {
      allow: { type: 'string' },
      'retry-after': { type: 'string' },
      'page-stdin': { type: 'boolean' },
      'own-page': { type: 'boolean' },
    },
    takes: [2, 2],
    run: (context, args) => change(context, args, { maintenance: maintenanceOf(context, args) }),
  },
  {
    name: 'headers:set',
    usage: '<app> <Name> <value>',
    summary: "Set a field on the app's responses, instead of the app's own",
    permission: CHANGE,
    takes: [3, 3],
    run: (context, args) =>
      change(context, args, {
        responseHeaders: [
          ...otherHeaders(context, args),
          parsed(ResponseHeader, { name: positional(args, 1), value: positional(args, 2) }),
        ],
      }),
  },
  {
    name: 'headers:hide',
    usage: '<app> <Name>',
    summary: "Take a field away from the app's responses",
    permission: CHANGE,
    takes: [2, 2],
    run: (context, args) =>
      change(context, args, {
        responseHeaders: [
          ...otherHeaders(context, args),
          parsed(ResponseHeader, { name: positional(args, 1), value: null }),
        ],
      }),
  },
  {
    name: 'headers:remove',
    usage: '<app> <Name>',
    summary: 'Leave that field to the app again',
    permission: CHANGE,
    takes: [2, 2],
    run(context, args) {
      const left = otherHeaders(context, args)
      mustBeLess(left, read(context, args).responseHeaders, 'Nothing is said about that field.')
      return change(context, args, { responseHeaders: left })
    },
  },
  {
    name: 'hsts',
    usage: '<app> on|off [--for 60d|2y] [--subdomains] [--preload]',
    summary: 'Tell browsers to come over HTTPS only; begins with 60 days',
    permission: CHANGE,
    options: {
      for: { type: 'string' },
      subdomains: { type: 'boolean' },
      preload: { type: 'boolean' },
    },
    takes: [2, 2],
    run: (context, args) => change(context, args, { hsts: hstsOf(args) }),
  },
]

const read = (context: CommandContext, args: Arguments): ShownRouteSettings =>
  context.routeSettings.get(context.actor, positional(args, 0))

async function change(
  context: CommandContext,
  args: Arguments,
  wish: ChangeRouteSettings,
): Promise<void> {
  const app = positional(args, 0)
  await tell(context, await context.routeSettings.change(context.actor, app, wish))
}

const tell = (context: CommandContext, settings: ShownRouteSettings): Promise<void> =>
  show(context, settings, () => routingText(settings))

function otherHeaders(context: CommandContext, args: Arguments) {
  const name = positional(args, 1).toLowerCase()
  return read(context, args).responseHeaders.filter((each) => each.name.toLowerCase() !== name)
}

function mustBeLess(left: readonly unknown[], before: readonly unknown[], text: string): void {
  if (left.length === before.length) throw new UsageError(text)
}

function passwordOf({ stdin }: CommandContext): string {
  if (stdin === undefined) throw new UsageError('Give the password on stdin: … < password')
  return parsed(BasicAuthPassword, stdin.replace(/\r?\n$/, ''))
}

const addressesOf = (text: string | undefined): string[] | undefined =>
  text === undefined
    ? undefined
    : text === 'none'
      ? []
      : listOf(text).map((one) => parsed(Cidr, one))

function maintenanceOf(context: CommandContext, args: Arguments) {
  const allow = addressesOf(textOption(args, 'allow'))
  const retry = textOption(args, 'retry-after')
  const wantsPage = args.options['page-stdin'] === true
  if (wantsPage && context.stdin === undefined)
    throw new UsageError('Give the page on stdin: … --page-stdin < page.html')
  return parsed(Maintenance.partial(), {
    on: onOf(positional(args, 1)),
    ...(allow ? { allow } : {}),
    ...(retry === undefined ? {} : { retryAfterS: secondsOf(retry) }),
    ...(wantsPage ? { html: context.stdin } : {}),
    ...(args.options['own-page'] === true ? { html: null } : {}),
  })
}

function hstsOf(args: Arguments): Hsts | null {
  if (!onOf(positional(args, 1))) return null
  const forText = textOption(args, 'for') ?? '60d'
  const maxAgeS =
    forText === '2y' ? FULL_HSTS_S : forText === '60d' ? FIRST_HSTS_S : secondsOf(forText)
  return parsed(Hsts, {
    maxAgeS,
    includeSubDomains: args.options['subdomains'] === true,
    preload: args.options['preload'] === true,
  })
}
