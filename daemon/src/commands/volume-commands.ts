import { ChangeVolume, CreateVolume } from '@vastrox/shared/volume.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { megabytes, show, table } from '#commands/output.ts'
import type { VolumeService } from '#core/volumes/volume-service.ts'

type Changed = ReturnType<VolumeService['create']>

export const volumeCommands: readonly Command[] = [
  {
    name: 'volumes',
    aliases: ['volumes:list'],
    usage: '<app>',
    summary: 'List the volumes of an app, with their sizes',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const volumes = await context.volumes.list(context.actor, positional(args, 0))
      await show(context, volumes, () =>
        table(
          ['Name', 'Size', 'Path', 'Processes', ''],
          volumes.map(({ name, sizeBytes, mountPath, processes, exclusive }) => [
            name,
            megabytes(sizeBytes),
            mountPath,
            processes?.join(' ') ?? 'all',
            exclusive ? 'exclusive' : '',
          ]),
        ),
      )
    },
  },
  {
    name: 'volumes:create',
    usage: '<app> <name> <path> [--exclusive] [--process web]',
    summary: 'Create a volume and give it to the instances',
    permission: 'app.change',
    options: { exclusive: { type: 'boolean' }, process: { type: 'string' }, ...DEPLOYING },
    takes: [3, 3],
    run(context, args) {
      const process = textOption(args, 'process')
      const wish = parsed(CreateVolume, {
        name: positional(args, 1),
        mountPath: positional(args, 2),
        processes: process === undefined ? null : process.split(','),
        exclusive: args.options['exclusive'] === true,
      })
      return tell(context, args, context.volumes.create(context.actor, positional(args, 0), wish))
    },
  },
  {
    name: 'volumes:change',
    usage: '<app> <name> [--path /data] [--exclusive | --shared] [--process web | --process all]',
    summary: 'Change where a volume is mounted, and who gets it',
    permission: 'app.change',
    options: {
      path: { type: 'string' },
      exclusive: { type: 'boolean' },
      shared: { type: 'boolean' },
      process: { type: 'string' },
      ...DEPLOYING,
    },
    takes: [2, 2],
    run(context, args) {
      const path = textOption(args, 'path')
      const process = textOption(args, 'process')
      const changes = parsed(ChangeVolume, {
        ...(path === undefined ? {} : { mountPath: path }),
        ...(process === undefined
          ? {}
          : { processes: process === 'all' ? null : process.split(',') }),
        ...(args.options['exclusive'] === true ? { exclusive: true } : {}),
        ...(args.options['shared'] === true ? { exclusive: false } : {}),
      })
      const [app, name] = [positional(args, 0), positional(args, 1)]
      return tell(context, args, context.volumes.change(context.actor, app, name, changes))
    },
  },
  {
    name: 'volumes:destroy',
    usage: '<app> <name> --confirm <name>',
    summary: 'Put a volume into the trash; its data stays there',
    permission: 'app.destroy',
    options: { confirm: { type: 'string' }, ...DEPLOYING },
    takes: [2, 2],
    run(context, args) {
      const [app, name] = [positional(args, 0), positional(args, 1)]
      const confirm = textOption(args, 'confirm') ?? ''
      return tell(context, args, context.volumes.destroy(context.actor, app, name, confirm))
    },
  },
  {
    name: 'volumes:trash',
    usage: '',
    summary: 'List the volumes in the trash',
    permission: 'app.read',
    filtered: true,
    takes: [0, 0],
    async run(context) {
      const volumes = await context.volumes.listDestroyed(context.actor)
      await show(context, volumes, () =>
        table(
          ['Id', 'App', 'Name', 'Size', 'Destroyed', 'Can be purged from'],
          volumes.map((one) => [
            one.id,
            one.app,
            one.name,
            megabytes(one.sizeBytes),
            one.destroyedAt,
            one.isPurging ? 'being removed' : one.purgeableAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'volumes:restore',
    usage: '<id>',
    summary: 'Take a volume out of the trash',
    permission: 'app.change',
    filtered: true,
    options: DEPLOYING,
    takes: [1, 1],
    run: (context, args) =>
      tell(context, args, context.volumes.restore(context.actor, positional(args, 0))),
  },
  {
    name: 'volumes:purge',
    usage: '<id> --confirm <name>',
    summary: 'Remove a volume that has been in the trash for 7 days, data and all',
    permission: 'app.destroy',
    filtered: true,
    options: { confirm: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      await context.volumes.purge(context.actor, id, textOption(args, 'confirm') ?? '')
      await show(context, { purged: id }, () => 'Purged.\n')
    },
  },
]

async function tell(
  context: CommandContext,
  args: Arguments,
  { volume, deployment }: Changed,
): Promise<number> {
  if (deployment)
    return followDeployment(context, deployment, { detach: args.options['detach'] === true })
  await show(context, { volume, deployment: null }, () => 'Done. There is nothing to deploy.\n')
  return 0
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
