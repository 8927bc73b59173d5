import {
  ChangeDestination,
  CreateDestination,
  type CreatedDestination,
  type Destination,
  type DestinationKey,
} from '@vastrox/shared/backup.ts'
import { type Command, numberOption, positional, textOption } from '#commands/command.ts'
import { bytesOf, facts, show, table } from '#commands/output.ts'
import { parsed, propertiesOf, settingsOf } from '#commands/settings-words.ts'

const permission = 'backup.manage'
const SETTINGS = {
  default: { type: 'boolean' },
  'upload-limit': { type: 'string' },
} as const

export const destinationCommands: readonly Command[] = [
  {
    name: 'destinations',
    aliases: ['destinations:list'],
    usage: '',
    summary: 'List where backups are kept',
    permission: 'backup.read',
    takes: [0, 0],
    async run(context) {
      const { destinations } = await context.backups()
      const all = destinations.list(context.actor)
      await show(context, all, () =>
        all.length === 0
          ? 'None. vastrox destinations:kinds says what can be added, destinations:roots which local places.\n'
          : tableOf(all),
      )
    },
  },
  {
    name: 'destinations:kinds',
    usage: '',
    summary: 'What kinds of destinations there are, with their settings',
    permission: 'backup.read',
    takes: [0, 0],
    async run(context) {
      const kinds = (await context.backups()).destinations.kinds(context.actor)
      await show(context, kinds, () =>
        kinds
          .map(({ kind, title, settings, neverShown }) => {
            const names = Object.keys(propertiesOf(settings))
            const marked = names.map((name) =>
              neverShown.includes(name) ? `${name} (secret)` : name,
            )
            return `${kind}  ${title}: ${marked.join(', ')}\n`
          })
          .join(''),
      )
    },
  },
  {
    name: 'destinations:roots',
    usage: '',
    summary: "Places on this server's own disks that can be chosen",
    permission: 'backup.read',
    takes: [0, 0],
    async run(context) {
      const roots = await (await context.backups()).destinations.roots(context.actor)
      await show(context, roots, () =>
        roots.length === 0
          ? 'None. Root registers one: vastrox destinations allow PATH\n'
          : table(
              ['Id', 'Path', 'Free'],
              roots.map(({ rootId, path, freeBytes }) => [rootId, path, bytesOf(freeBytes)]),
            ),
      )
    },
  },
  {
    name: 'destinations:add',
    usage: '<name> <kind> [setting=value …] [--default] [--upload-limit KiB/s]',
    summary: 'Add a destination; prints its key, this once. A secret is piped in: password=-',
    permission,
    options: SETTINGS,
    takes: [2, 30],
    async run(context, args) {
      const { destinations } = await context.backups()
      const kind = positional(args, 1)
      const secrets = destinations
        .kinds(context.actor)
        .flatMap((one) => (one.kind === kind ? one.neverShown : []))
      const wish = parsed(CreateDestination, {
        name: positional(args, 0),
        kind,
        settings: settingsOf(context, args.positionals.slice(2), secrets),
        isDefault: args.options['default'] === true,
        uploadLimitKib: numberOption(args, 'upload-limit', 16) ?? null,
      })
      const created = await destinations.create(context.actor, wish)
      await show(context, created, () => keyText(created))
    },
  },
  {
    name: 'destinations:change',
    usage: '<name> [setting=value …] [--default] [--upload-limit KiB/s]',
    summary: 'Change a destination; it is tried before it is kept',
    permission,
    options: SETTINGS,
    takes: [1, 30],
    async run(context, args) {
      const { destinations } = await context.backups()
      const secrets = destinations.kinds(context.actor).flatMap((one) => one.neverShown)
      const settings = settingsOf(context, args.positionals.slice(1), secrets)
      const limit = numberOption(args, 'upload-limit', 0)
      const wish = parsed(ChangeDestination, {
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
        ...(args.options['default'] === true ? { isDefault: true } : {}),
        ...(limit === undefined ? {} : { uploadLimitKib: limit === 0 ? null : limit }),
      })
      const changed = await destinations.change(context.actor, positional(args, 0), wish)
      await show(context, changed, () => tableOf([changed]))
    },
  },
  {
    name: 'destinations:test',
    usage: '<name>',
    summary: 'Open a destination as a backup would, and measure it',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const { destinations } = await context.backups()
      const tested = await destinations.test(context.actor, positional(args, 0))
      await show(context, tested, () => tableOf([tested]))
    },
  },
  {
    name: 'destinations:check',
    usage: '<name>',
    summary: 'Read everything there again; says which backups are damaged',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const { checks, destinations } = await context.backups()
      checks.check(context.actor, name)
      await checks.until(destinations.find(context.actor, name).id)
      const checked = destinations.get(context.actor, name)
      await show(context, checked, () =>
        checked.checkFailure === null
          ? 'Everything there was read again, and is as it was written.\n'
          : `${checked.checkFailure}\n`,
      )
      return checked.checkFailure === null ? 0 : 1
    },
  },
  {
    name: 'destinations:key',
    usage: '<name>',
    summary: 'Show the key of a repository once more; the act is written down',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const { destinations } = await context.backups()
      const key = await destinations.revealKey(context.actor, positional(args, 0))
      await show(context, key, () => keyText(key))
    },
  },
  {
    name: 'destinations:remove',
    usage: '<name> --confirm <name>',
    summary: 'Forget a destination; what is there stays there',
    permission,
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const { destinations } = await context.backups()
      destinations.remove(context.actor, name, textOption(args, 'confirm') ?? '')
      await show(
        context,
        { removed: name },
        () => `Forgotten. What is there is opened by its key.\n`,
      )
    },
  },
]

const keyText = (key: DestinationKey | CreatedDestination): string =>
  `${facts([
    ['Repository', key.location],
    ['Key', key.repositoryKey],
  ])}\n${key.meaning}\n`

const tableOf = (destinations: readonly Destination[]): string =>
  table(
    ['Name', 'Kind', 'Takes', 'Free', 'Checked', 'Where', ''],
    destinations.map((one) => [
      one.name,
      one.kind,
      bytesOf(one.sizeBytes),
      bytesOf(one.freeBytes),
      one.checkFailure ?? one.checkedAt ?? 'not yet',
      one.location ?? '',
      one.isDefault ? 'default' : '',
    ]),
  )
