import { AppSettings } from '@vastrox/shared/app.ts'
import { type Command, positional, textOption, UsageError } from '#commands/command.ts'
import { facts, megabytes, show, table } from '#commands/output.ts'

export const appCommands: readonly Command[] = [
  {
    name: 'apps',
    aliases: ['apps:list'],
    usage: '',
    summary: 'List the apps',
    permission: 'app.read',
    filtered: true,
    takes: [0, 0],
    async run(context) {
      const apps = context.apps.list(context.actor)
      await show(context, apps, () =>
        apps.length === 0
          ? 'No apps yet. vastrox create <name> makes one; pushing to a new name does too.\n'
          : table(
              ['Name', 'State', 'Release', 'Stack', 'Address'],
              apps.map(({ name, state, liveRelease, stack, urls }) => [
                name,
                state,
                liveRelease === null ? '-' : `v${liveRelease}`,
                stack ?? '-',
                urls[0] ?? '',
              ]),
            ),
      )
    },
  },
  {
    name: 'apps:info',
    aliases: ['info'],
    usage: '<app>',
    summary: 'Show an app with its addresses and settings',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const app = context.apps.get(context.actor, positional(args, 0))
      await show(context, app, () =>
        facts([
          ['Name', app.name],
          ['State', app.state],
          ['Release', app.liveRelease === null ? '-' : `v${app.liveRelease}`],
          ['Stack', app.stack ?? '-'],
          ['Addresses', app.urls.join('  ')],
          ['Git', app.gitUrl],
          ['Git over SSH', app.gitSshUrl],
          ['Memory', megabytes(app.settings.memoryBytes)],
          ['Isolation', sayIsolation(app.settings)],
          ['Health path', app.settings.healthPath ?? '/ (anything below 500)'],
          ['Deploy branch', app.settings.deployBranch ?? 'main or master'],
          ['Created', app.createdAt],
        ]),
      )
    },
  },
  {
    name: 'create',
    aliases: ['apps:create'],
    usage: '<app>',
    summary: 'Create an app',
    permission: 'app.create',
    takes: [1, 1],
    async run(context, args) {
      const { name } = context.apps.create(context.actor, { name: positional(args, 0) })
      const app = context.apps.get(context.actor, name)
      await show(
        context,
        app,
        () =>
          `Created ${name}.\n  git remote add vastrox ${app.gitUrl}\n  git push vastrox main\n` +
          `With an SSH key (vastrox keys:add) the remote may be ${app.gitSshUrl} instead.\n`,
      )
    },
  },
  {
    name: 'destroy',
    aliases: ['apps:destroy'],
    usage: '<app> --confirm <app>',
    summary: 'Destroy an app: into the trash, where it is kept',
    permission: 'app.destroy',
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const confirm = textOption(args, 'confirm')
      if (confirm === undefined)
        throw new UsageError(`Say it once more to destroy it: --confirm ${name}`)
      await context.apps.destroy(context.actor, name, confirm)
      await show(
        context,
        { destroyed: name },
        () => `Destroyed ${name}. vastrox apps:restore ${name} takes it back\n`,
      )
    },
  },
  {
    name: 'apps:trash',
    usage: '',
    summary: 'List destroyed apps that can be restored',
    permission: 'app.destroy',
    filtered: true,
    takes: [0, 0],
    async run(context) {
      const apps = context.apps.listTrash(context.actor)
      await show(context, apps, () =>
        table(
          ['Name', 'Destroyed'],
          apps.map(({ name, destroyedAt }) => [name, destroyedAt]),
        ),
      )
    },
  },
  {
    name: 'apps:restore',
    aliases: ['restore'],
    usage: '<app>',
    summary: 'Take an app out of the trash; it stays stopped',
    permission: 'app.destroy',
    takes: [1, 1],
    async run(context, args) {
      const app = context.apps.restore(context.actor, positional(args, 0))
      await show(context, app, () => `Restored ${app.name}. vastrox start ${app.name} starts it.\n`)
    },
  },
  {
    name: 'settings',
    aliases: ['apps:settings'],
    usage: '<app>',
    summary: 'Show the settings of an app',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const { settings } = context.apps.get(context.actor, positional(args, 0))
      await show(context, settings, () =>
        facts(Object.entries(settings).map(([name, value]) => [name, asText(value)])),
      )
    },
  },
  {
    name: 'settings:set',
    usage: '<app> <setting>=<value> …',
    summary: 'Change settings of an app; `null` gives the default back',
    permission: 'app.change',
    takes: [2, 20],
    async run(context, args) {
      const wishes = Object.fromEntries(args.positionals.slice(1).map(settingOf))
      const changes = AppSettings.partial().safeParse(wishes)
      if (!changes.success) throw new UsageError(changes.error.issues[0]?.message ?? 'No setting.')
      const { needsRedeploy, settings } = context.apps.changeSettings(
        context.actor,
        positional(args, 0),
        changes.data,
      )
      await show(context, { settings, needsRedeploy }, () =>
        needsRedeploy.length === 0
          ? 'Changed.\n'
          : `Changed. In force with the next deployment or restart: ${needsRedeploy.join(', ')}\n`,
      )
    },
  },
  {
    name: 'urls',
    usage: '<app>',
    summary: 'List the addresses of an app, the best one first',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const { urls } = context.apps.get(context.actor, positional(args, 0))
      await show(context, urls, () => `${urls.join('\n')}\n`)
    },
  },
]

function settingOf(text: string): [string, unknown] {
  const [, name = '', value = ''] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? []
  if (!Object.hasOwn(AppSettings.shape, name))
    throw new UsageError(
      `There is no setting in ${text}. ${Object.keys(AppSettings.shape).join(' ')}`,
    )
  if (value === 'null') return [name, null]
  if (value === 'true' || value === 'false') return [name, value === 'true']
  return [name, /^\d+$/.test(value) ? Number(value) : value]
}

const sayIsolation = ({ isolation, readOnlyRoot }: AppSettings): string =>
  readOnlyRoot && isolation !== 'strict' ? `${isolation}, read-only` : isolation

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
