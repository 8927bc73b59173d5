import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { show, table } from '#commands/output.ts'
import { pipedArchive } from '#commands/upload-commands.ts'

const follow = (context: CommandContext, args: Arguments, deployment: Deployment) =>
  followDeployment(context, deployment, { detach: args.options['detach'] === true })

const MAX_LISTED = 200
const TOLD_EVERY_BYTES = 64 * 2 ** 20

export const deploymentCommands: readonly Command[] = [
  {
    name: 'deploy',
    aliases: ['deployments:create', 'redeploy'],
    usage: '<app> [--image <name> | --archive <file>] [--follow] [--no-cache] [-d]',
    summary: 'Build the live source again and deploy it, or deploy an image or an archive',
    permission: 'app.deploy',
    options: {
      ...DEPLOYING,
      'no-cache': { type: 'boolean' },
      image: { type: 'string' },
      archive: { type: 'string' },
      follow: { type: 'boolean' },
    },
    takes: [1, 1],
    async run(context, args) {
      const noCache = args.options['no-cache'] === true
      const app = positional(args, 0)
      const reference = textOption(args, 'image')
      if (reference !== undefined) {
        const follows = args.options['follow'] === true ? true : undefined
        return follow(
          context,
          args,
          context.images.deploy(context.actor, app, { reference, follows }),
        )
      }
      if (textOption(args, 'archive') !== undefined)
        return follow(context, args, await takeArchive(context, app))
      if (args.options['follow'] === true)
        throw new UsageError('--follow goes with --image: the tag that is followed.')
      return follow(context, args, context.deployments.redeploy(context.actor, app, { noCache }))
    },
  },
  {
    name: 'deployments',
    aliases: ['deployments:list'],
    usage: '<app> [-n 20]',
    summary: 'List the deployments of an app, newest first',
    permission: 'app.read',
    options: { number: { type: 'string', short: 'n' } },
    takes: [1, 1],
    async run(context, args) {
      const limit = Math.min(numberOption(args, 'number', 1) ?? 20, MAX_LISTED)
      const page = { cursor: undefined, limit }
      const { items } = context.deployments.list(context.actor, positional(args, 0), page)
      await show(context, items, () =>
        table(
          ['Number', 'State', 'Release', 'Why', 'By', 'When', 'Reason'],
          items.map((each) => [
            String(each.number),
            each.state,
            each.release === null ? '-' : `v${each.release}`,
            each.trigger,
            each.actor,
            each.createdAt,
            each.reason ?? '',
          ]),
        ),
      )
    },
  },
  {
    name: 'cancel',
    aliases: ['deployments:cancel'],
    usage: '<app> [<deployment>]',
    summary: 'Cancel a deployment that has not switched yet',
    permission: 'app.deploy',
    takes: [1, 2],
    async run(context, args) {
      const app = positional(args, 0)
      const number =
        args.positionals.length > 1 ? ordinalOf(positional(args, 1)) : newest(context, app)
      const deployment = context.deployments.cancel(context.actor, app, number)
      await show(context, deployment, () => `Deployment ${number} of ${app} is being cancelled.\n`)
    },
  },
  {
    name: 'releases',
    aliases: ['releases:list'],
    usage: '<app>',
    summary: 'List the releases of an app, newest first',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const releases = context.releases.list(context.actor, positional(args, 0))
      await show(context, releases, () =>
        table(
          ['Release', '', 'Made', 'From'],
          releases.map(({ number, live, canRollBack, createdAt, description }) => [
            `v${number}`,
            live ? 'live' : canRollBack ? '' : 'image gone',
            createdAt,
            description,
          ]),
        ),
      )
    },
  },
  {
    name: 'rollback',
    aliases: ['roll-back', 'releases:rollback', 'releases:roll-back'],
    usage: '<app> [v<release>] [--code] [-d]',
    summary: 'Make an older release live again; --code keeps the env of now',
    permission: 'app.deploy',
    options: { ...DEPLOYING, code: { type: 'boolean' } },
    takes: [1, 2],
    async run(context, args) {
      const app = positional(args, 0)
      const number =
        args.positionals.length > 1 ? ordinalOf(positional(args, 1)) : before(context, app)
      const how = { with: args.options['code'] === true ? 'code' : 'code-and-env' } as const
      return follow(context, args, context.deployments.rollBack(context.actor, app, number, how))
    },
  },
  {
    name: 'restart',
    aliases: ['ps:restart', 'apps:restart'],
    usage: '<app> [-d]',
    summary: 'New instances in place of the old, with no request dropped',
    permission: 'app.change',
    options: DEPLOYING,
    takes: [1, 1],
    run: async (context, args) =>
      follow(context, args, context.deployments.restart(context.actor, positional(args, 0))),
  },
  {
    name: 'start',
    aliases: ['ps:start', 'apps:start'],
    usage: '<app> [-d]',
    summary: 'Start a stopped app',
    permission: 'app.change',
    options: DEPLOYING,
    takes: [1, 1],
    run: async (context, args) =>
      follow(context, args, context.deployments.start(context.actor, positional(args, 0))),
  },
  {
    name: 'stop',
    aliases: ['ps:stop', 'apps:stop'],
    usage: '<app>',
    summary: 'Stop an app; visitors are told so',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      await context.deployments.stop(context.actor, app)
      await show(context, { stopped: app }, () => `Stopped ${app}.\n`)
    },
  },
]

/** The file itself is read where the command was typed, and comes by the input. */
async function takeArchive(context: CommandContext, app: string): Promise<Deployment> {
  const { actor, signal, uploads } = context
  const archive = pipedArchive(context)
  let told = 0
  const { entries, sizeBytes, format, deployment } = await uploads.archives.take(
    actor,
    app,
    archive,
    {
      publish: true,
      signal,
      onProgress: ({ receivedBytes }) => {
        if (context.json || receivedBytes - told < TOLD_EVERY_BYTES) return
        told = receivedBytes
        void context.printError(`       ${Math.floor(receivedBytes / 2 ** 20)} MB received\n`)
      },
    },
  )
  if (deployment === null) throw new Error('an archive that was to be published was not')
  if (!context.json)
    await context.printError(
      `-----> Unpacked ${entries} entries, ${Math.ceil(sizeBytes / 1_000)} kB (${format})\n`,
    )
  return deployment
}

/** `v3` and `3`. */
function ordinalOf(text: string): number {
  const number = Number(/^v?(\d{1,9})$/.exec(text)?.[1] ?? Number.NaN)
  if (!Number.isSafeInteger(number)) throw new UsageError(`${text} is not a number.`)
  return number
}

function newest({ deployments, actor }: CommandContext, app: string): number {
  const [deployment] = deployments.list(actor, app, { cursor: undefined, limit: 1 }).items
  if (!deployment) throw new CodedError('DEPLOYMENT_NOT_FOUND', { app })
  return deployment.number
}

/** The newest release before the live one whose image is still there. */
function before({ releases, actor }: CommandContext, app: string): number {
  const all = releases.list(actor, app)
  const live = all.find((each) => each.live)?.number ?? 0
  const target = all.find(({ number, canRollBack }) => number < live && canRollBack)
  if (!target)
    throw new CodedError('RELEASE_NOT_FOUND', { reason: 'There is no release to go back to.' })
  return target.number
}
