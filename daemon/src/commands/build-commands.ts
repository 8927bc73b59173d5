import { BuildSettings } from '@vastrox/shared/build-settings.ts'
import {
  type Command,
  type CommandContext,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, plain, show } from '#commands/output.ts'

const ARGUMENTS = 'buildArguments'
const BYTES: Record<string, number> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }

export const buildCommands: readonly Command[] = [
  {
    name: 'build:show',
    aliases: ['build'],
    usage: '<app>',
    summary: 'Show the build settings of an app',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const { build } = context.apps.get(context.actor, positional(args, 0)).settings
      await show(context, build, () =>
        facts(Object.entries(build).map(([name, value]) => [name, asText(value)])),
      )
    },
  },
  {
    name: 'build:set',
    usage: '<app> <key>=<value> …',
    summary: 'Change build settings; `null` lets Vastrox work it out again',
    permission: 'app.change',
    takes: [2, 20],
    async run(context, args) {
      const name = positional(args, 0)
      const { build: before } = context.apps.get(context.actor, name).settings
      const changes = args.positionals
        .slice(1)
        .reduce<Record<string, unknown>>(
          (wishes, text) => ({ ...wishes, ...settingOf(text, { ...before, ...wishes }) }),
          {},
        )
      const checked = BuildSettings.partial().safeParse(changes)
      if (!checked.success) {
        const [issue] = checked.error.issues
        throw new UsageError(`${issue?.path.join('.')}: ${issue?.message ?? 'no such setting'}`)
      }
      const { settings } = context.apps.changeSettings(context.actor, name, {
        build: checked.data,
      })
      await show(
        context,
        settings.build,
        () => `Changed. The next deployment is built so; to see how: vastrox build:plan ${name}\n`,
      )
    },
  },
  {
    name: 'build:plan',
    usage: '<app> [--dockerfile]',
    summary: 'Show how the last source would be built, and why; nothing is built',
    permission: 'app.read',
    options: { dockerfile: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const plan = await context.builds.plan(context.actor, positional(args, 0))
      const missing = plan.missingEnv.map((key) => `${key} is not set, and the source needs it`)
      const told = [...plan.summary, ...plan.notes, ...missing, ...plan.alternatives]
      const dockerfile = [plan.dockerfile, ...Object.entries(plan.files).map(asFile)]
      await show(context, plan, () =>
        [
          `${plan.title} (${plan.because})`,
          ...told.map((line) => `  ${line}`),
          ...(args.options['dockerfile'] === true ? ['', ...dockerfile] : []),
          '',
        ]
          .map((text) => text.split('\n').map(plain).join('\n'))
          .join('\n'),
      )
    },
  },
  {
    name: 'eject',
    aliases: ['build:eject'],
    usage: '<app> [--release <number>] [--file <path>]',
    summary: 'Print the generated Dockerfile, to be committed as one of your own',
    permission: 'app.read',
    options: { release: { type: 'string' }, file: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const number = numberOption(args, 'release', 1)
      const ejected = await context.builds.eject(context.actor, name, number)
      const paths = Object.keys(ejected.files)
      const path = textOption(args, 'file') ?? paths[0] ?? ''
      const text = ejected.files[path]
      if (text === undefined) throw new UsageError(`There is no ${path}: ${paths.join(', ')}`)
      await show(context, ejected, () => text)
      if (!context.json && textOption(args, 'file') === undefined)
        await tellRest(context, name, paths, ejected.notes)
    },
  },
]

/** Beside the Dockerfile, which may go into a file. */
const tellRest = (
  context: CommandContext,
  app: string,
  [, ...others]: readonly string[],
  notes: readonly string[],
): Promise<void> =>
  context.printError(
    [
      ...others.map((path) => `And ${plain(path)}: vastrox eject ${app} --file ${plain(path)}`),
      ...notes.map(plain),
      '',
    ].join('\n'),
  )

/** `version=26`, `buildEnvKeys=A,B`, `uploadMaxBytes=64MB`, and an argument alone: `buildArguments.NAME=x`. */
function settingOf(text: string, before: Record<string, unknown>): Record<string, unknown> {
  const [, name = '', argument, value = ''] =
    /^([A-Za-z]+)(?:\.([A-Za-z_][A-Za-z0-9_]*))?=(.*)$/s.exec(text) ?? []
  if (!Object.hasOwn(BuildSettings.shape, name) || (argument !== undefined && name !== ARGUMENTS))
    throw new UsageError(
      `There is no build setting in ${text}. ${Object.keys(BuildSettings.shape).join(' ')}`,
    )
  if (name === ARGUMENTS) return { [ARGUMENTS]: argumentsOf(argument, value, before) }
  if (name === 'buildEnvKeys')
    return { [name]: value === 'null' ? [] : value.split(',').filter((key) => key !== '') }
  if (value === 'null') return { [name]: null }
  return { [name]: name === 'uploadMaxBytes' ? bytesOf(value) : value }
}

function argumentsOf(
  argument: string | undefined,
  value: string,
  { buildArguments }: Record<string, unknown>,
): Record<string, string> {
  if (argument === undefined && value === 'null') return {}
  if (argument === undefined) throw new UsageError(`Give one at a time: ${ARGUMENTS}.NAME=value`)
  const { [argument]: _, ...others } = BuildSettings.shape.buildArguments.parse(buildArguments)
  return value === 'null' ? others : { ...others, [argument]: value }
}

function bytesOf(text: string): number {
  const [, number, unit = ''] = /^([0-9]{1,15}) ?(KB|MB|GB)?$/i.exec(text) ?? []
  if (number === undefined) throw new UsageError('uploadMaxBytes takes a size such as 64MB.')
  return Number(number) * (BYTES[unit.toUpperCase()] ?? 1)
}

const asFile = ([path, text]: [string, string]): string => `# ${path}\n${text}`
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
