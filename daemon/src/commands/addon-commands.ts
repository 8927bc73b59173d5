import type { Addon } from '@vastrox/shared/addon.ts'
import { ChangeAddon, CreateAddon } from '@vastrox/shared/addon.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  EXIT_FAILED,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { facts, megabytes, plain, show, table } from '#commands/output.ts'
import { bytesOf } from '#commands/process-commands.ts'

const LOOK_MS = 1_000
const WAIT_MS = 1_200_000
const SIZE = {
  memory: { type: 'string', short: 'm' },
  cpu: { type: 'string' },
} as const
const DETACHED = { detach: { type: 'boolean', short: 'd' } } as const

export const addonCommands: readonly Command[] = [
  {
    name: 'addons',
    aliases: ['addons:list'],
    usage: '',
    summary: 'List the databases that Vastrox runs for the team',
    permission: 'addon.read',
    takes: [0, 0],
    async run(context) {
      const addons = (await context.addons()).service.list(context.actor)
      await show(context, addons, () =>
        table(
          ['Name', 'Kind', 'Version', 'State', 'Memory', 'Attached to', ''],
          addons.map((one) => [
            one.name,
            one.kind,
            one.version,
            one.state,
            megabytes(one.memoryBytes),
            one.attachments.map(({ app, prefix }) => `${app} (${prefix})`).join(', ') || '-',
            one.reason ?? '',
          ]),
        ),
      )
    },
  },
  {
    name: 'addons:catalog',
    usage: '',
    summary: 'List the databases that can be had, and their versions',
    permission: 'addon.read',
    takes: [0, 0],
    async run(context) {
      const kinds = (await context.addons()).service.catalog(context.actor)
      await show(context, kinds, () =>
        table(
          ['Kind', 'Versions', 'Memory', 'Variables', 'What it is'],
          kinds.map(({ kind, versions, defaultMemoryBytes, prefix, summary }) => [
            kind,
            versions.map(({ version, isDefault }) => `${version}${isDefault ? '*' : ''}`).join(' '),
            megabytes(defaultMemoryBytes),
            `${prefix}_URL …`,
            summary,
          ]),
        ),
      )
    },
  },
  {
    name: 'addons:create',
    usage: '<kind[:version]> <name> [--memory 512M] [--cpu 1] [--app shop] [--as DATABASE] [-d]',
    summary: 'Make a database, and attach it to an app where one is named',
    permission: 'addon.create',
    options: { ...SIZE, ...DETACHED, app: { type: 'string', short: 'a' }, as: { type: 'string' } },
    takes: [2, 2],
    async run(context, args) {
      const [kind = '', version] = positional(args, 0).split(':', 2)
      const app = textOption(args, 'app')
      const prefix = textOption(args, 'as')
      const wish = parsed(CreateAddon, {
        kind,
        name: positional(args, 1),
        ...(version === undefined ? {} : { version }),
        ...sizeOf(args),
        ...(app === undefined ? {} : { app }),
        ...(prefix === undefined ? {} : { prefix }),
      })
      const made = await (await context.addons()).service.create(context.actor, wish)
      return untilSettled(context, args, made)
    },
  },
  {
    name: 'addons:info',
    usage: '<name>',
    summary: 'Show a database: how it is, where it is, who has it, what it takes',
    permission: 'addon.read',
    takes: [1, 1],
    async run(context, args) {
      const { service } = await context.addons()
      const addon = service.get(context.actor, positional(args, 0))
      const usage = await service.usage(context.actor, addon.name)
      const { connections, maxConnections } = usage
      await show(context, { ...addon, usage }, () =>
        facts([
          ['Name', addon.name],
          ['Kind', `${addon.title} ${addon.version}`],
          ['State', addon.reason === null ? addon.state : `${addon.state}: ${addon.reason}`],
          ['Address', `${addon.host}:${addon.port}, for attached apps alone`],
          ['Memory', `${megabytes(usage.memoryBytes)} of ${megabytes(addon.memoryBytes)}`],
          ['Disk', megabytes(usage.sizeBytes)],
          ['Connections', `${connections ?? '-'} of ${maxConnections ?? '-'}`],
          ...addon.attachments.map(
            ({ app, username, variables }) =>
              [`Attached to ${app}`, `as ${username}: ${variables.join(' ')}`] as const,
          ),
        ]),
      )
    },
  },
  {
    name: 'addons:attach',
    usage: '<name> <app> [--as DATABASE] [-d]',
    summary: 'Give an app a user of the database, and the variables that lead there',
    permission: 'addon.change',
    options: { ...DETACHED, as: { type: 'string' } },
    takes: [2, 2],
    async run(context, args) {
      const prefix = textOption(args, 'as')
      const { attaching, service } = await context.addons()
      const [name, app] = [positional(args, 0), positional(args, 1)]
      attaching.attach(context.actor, name, {
        app,
        ...(prefix === undefined ? {} : { prefix }),
      })
      return untilSettled(context, args, service.get(context.actor, name))
    },
  },
  {
    name: 'addons:detach',
    usage: '<name> <app>',
    summary: 'Take the database from an app; its user goes once nothing runs with it',
    permission: 'addon.change',
    options: DEPLOYING,
    takes: [2, 2],
    async run(context, args) {
      const { attaching } = await context.addons()
      const [name, app] = [positional(args, 0), positional(args, 1)]
      const deployment = attaching.detach(context.actor, name, app)
      if (deployment)
        return followDeployment(context, deployment, { detach: args.options['detach'] === true })
      await show(context, { deployment: null }, () => 'Done. There is nothing to deploy.\n')
      return 0
    },
  },
  ...(['start', 'restart'] as const).map(
    (verb): Command => ({
      name: `addons:${verb}`,
      usage: '<name> [-d]',
      summary: verb === 'start' ? 'Start a database that was stopped' : 'Restart a database',
      permission: 'addon.change',
      options: DETACHED,
      takes: [1, 1],
      async run(context, args) {
        const { service } = await context.addons()
        return untilSettled(context, args, service[verb](context.actor, positional(args, 0)))
      },
    }),
  ),
  {
    name: 'addons:stop',
    usage: '<name>',
    summary: 'Stop a database; its data is kept, and its apps meet nobody',
    permission: 'addon.change',
    takes: [1, 1],
    async run(context, args) {
      const { service } = await context.addons()
      const addon = await service.stop(context.actor, positional(args, 0))
      await show(context, addon, () => `${addon.name} is ${addon.state}.\n`)
    },
  },
  {
    name: 'addons:resize',
    usage: '<name> [--memory 1G] [--cpu 2] [-d]',
    summary: 'Give a database more or less; it is restarted with settings that match',
    permission: 'addon.change',
    options: { ...SIZE, ...DETACHED },
    takes: [1, 1],
    async run(context, args) {
      const { service } = await context.addons()
      const changes = parsed(ChangeAddon, sizeOf(args))
      return untilSettled(
        context,
        args,
        await service.change(context.actor, positional(args, 0), changes),
      )
    },
  },
  {
    name: 'addons:rotate',
    usage: '<name> [--app shop]',
    summary: 'New credentials for its apps, which are deployed with them, and for the platform',
    permission: 'addon.change',
    options: { app: { type: 'string', short: 'a' } },
    takes: [1, 1],
    async run(context, args) {
      const { attaching } = await context.addons()
      const name = positional(args, 0)
      const deployments = await attaching.rotate(context.actor, name, textOption(args, 'app'))
      await show(context, { deployments }, () =>
        deployments.length === 0
          ? 'Done. There is nothing to deploy.\n'
          : `Done. ${deployments.length} ${deployments.length === 1 ? 'app is' : 'apps are'} deployed with new credentials; the old ones are dropped after it.\n`,
      )
    },
  },
]

function sizeOf(args: Arguments): { memoryBytes?: number; cpuMillis?: number } {
  const memory = textOption(args, 'memory')
  const cpu = textOption(args, 'cpu')
  const cpuMillis = Math.round(Number(cpu) * 1_000)
  if (cpu !== undefined && !Number.isSafeInteger(cpuMillis))
    throw new UsageError('--cpu takes a number of cores.')
  return {
    ...(memory === undefined ? {} : { memoryBytes: bytesOf(memory) }),
    ...(cpu === undefined ? {} : { cpuMillis }),
  }
}

/** Until it runs and its apps have it, or has failed; with -d not at all. */
async function untilSettled(
  context: CommandContext,
  args: Arguments,
  begun: Addon,
): Promise<number> {
  const { service } = await context.addons()
  let addon = begun
  let told = ''
  const until = Date.now() + WAIT_MS
  while (args.options['detach'] !== true && Date.now() < until && !context.signal.aborted) {
    addon = service.get(context.actor, begun.name)
    if (addon.state !== 'creating' && addon.state !== 'restoring') break
    const now = addon.reason ?? addon.state
    if (now !== told && !context.json) await context.print(`       ${plain(now)}\n`)
    told = now
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_MS)
    })
  }
  await show(context, addon, () => {
    const variables = addon.attachments.flatMap((one) => one.variables)
    return `${addon.name} is ${addon.state}${addon.reason === null ? '' : `: ${plain(addon.reason)}`}.${
      variables.length > 0 && addon.state === 'running' ? ` ${variables.join(' ')}` : ''
    }\n`
  })
  return addon.state === 'failed' ? EXIT_FAILED : 0
}

/** What the words of a command line say, or the first thing that is wrong with them. */
function parsed<Value>(
  schema: {
    safeParse(input: unknown): { data?: Value; error?: { issues: { message: string }[] } }
  },
  input: unknown,
): Value {
  const { data, error } = schema.safeParse(input)
  if (data === undefined) throw new UsageError(error?.issues[0]?.message ?? 'That is not valid.')
  return data
}
