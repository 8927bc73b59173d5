import type { Deployment } from '@vastrox/shared/deployment.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import {
  changeNumber,
  changeTable,
  MARKS,
  marksOf,
  sayDifference,
  variableTable,
  wishesOf,
} from '#commands/env-words.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { show } from '#commands/output.ts'

export const envCommands: readonly Command[] = [
  {
    name: 'env',
    aliases: ['env:list', 'config'],
    usage: '<app> [--reveal]',
    summary:
      'List env variables and those of env groups; own values only with --reveal, which is audited',
    permission: 'env.read',
    options: { reveal: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const reveal = args.options['reveal'] === true
      const variables = context.env.list(context.actor, positional(args, 0), { reveal })
      await show(context, variables, () =>
        reveal
          ? variables
              .flatMap(({ key, value }) => (value === null ? [] : `${key}=${quoted(value)}\n`))
              .join('')
          : variableTable(variables),
      )
    },
  },
  {
    name: 'env:get',
    aliases: ['config:get'],
    usage: '<app> <name>',
    summary: 'Print the value of an env variable; leaves an audit event',
    permission: 'env.reveal',
    takes: [2, 2],
    async run(context, args) {
      const [app, key] = [positional(args, 0), positional(args, 1)]
      const variable = context.env.reveal(context.actor, app, key)
      await show(context, variable, () => `${variable.value ?? ''}\n`)
    },
  },
  {
    name: 'env:set',
    aliases: ['config:set'],
    usage:
      '<app> NAME=value … | <app> NAME < value | <app> NAME … --generate hex | <app> - < .env [--build | --both | --runtime] [--never-reveal] [--reference]',
    summary: 'Set env variables and deploy; from stdin no value is in an argument list',
    permission: 'env.change',
    options: { ...DEPLOYING, ...MARKS, generate: { type: 'string' } },
    takes: [2, 1_000],
    async run(context, args) {
      const app = positional(args, 0)
      const words = args.positionals.slice(1)
      if (words.length === 1 && words[0] === '-') return importText(context, args)
      const changes = wishesOf(words, args, context)
      const deployment = context.env.change(context.actor, app, changes)
      return afterChange(context, args, deployment)
    },
  },
  {
    name: 'env:mark',
    usage: '<app> NAME … [--build | --both | --runtime] [--never-reveal] [--reference]',
    summary: 'Say who gets env variables, or that they are never shown again, and deploy',
    permission: 'env.change',
    options: { ...DEPLOYING, ...MARKS },
    takes: [2, 1_000],
    async run(context, args) {
      const marks = marksOf(args)
      if (Object.keys(marks).length === 0) throw new UsageError('Say what is to be marked.')
      const names = args.positionals.slice(1).map((name) => [name, marks] as const)
      const app = positional(args, 0)
      const deployment = context.env.change(context.actor, app, Object.fromEntries(names))
      return afterChange(context, args, deployment)
    },
  },
  {
    name: 'env:history',
    usage: '<app>',
    summary: 'Who changed which env variables when; no values',
    permission: 'env.read',
    takes: [1, 1],
    async run(context, args) {
      const changes = context.env.listChanges(context.actor, positional(args, 0))
      await show(context, changes, () => changeTable(changes))
    },
  },
  {
    name: 'env:restore',
    usage: '<app> <change>',
    summary: 'Bring back env variables as a change of env:history left them, and deploy',
    permission: 'env.change',
    options: DEPLOYING,
    takes: [2, 2],
    async run(context, args) {
      const number = changeNumber(positional(args, 1))
      const deployment = context.env.restore(context.actor, positional(args, 0), number)
      return afterChange(context, args, deployment)
    },
  },
  {
    name: 'env:difference',
    aliases: ['env:diff'],
    usage: '<app> <release> [--with <release>]',
    summary: 'Which env variables a release has added, removed or changed; no values',
    permission: 'env.read',
    options: { with: { type: 'string' } },
    takes: [2, 2],
    async run(context, args) {
      const [app, release] = [positional(args, 0), positional(args, 1)]
      const other = textOption(args, 'with')
      const found = context.env.difference(
        context.actor,
        app,
        changeNumber(release),
        other === undefined ? undefined : changeNumber(other),
      )
      await show(context, found, () => sayDifference(found))
    },
  },
  {
    name: 'env:import',
    aliases: ['config:import'],
    usage: '<app> < .env',
    summary: 'Set what a .env file holds, and deploy',
    permission: 'env.change',
    options: DEPLOYING,
    takes: [1, 2],
    run: (context, args) => importText(context, args),
  },
  {
    name: 'env:unset',
    aliases: ['config:unset'],
    usage: '<app> NAME …',
    summary: 'Unset env variables, and deploy',
    permission: 'env.change',
    options: DEPLOYING,
    takes: [2, 1_000],
    async run(context, args) {
      const names = args.positionals.slice(1).map((name) => [name, null] as const)
      const deployment = context.env.change(
        context.actor,
        positional(args, 0),
        Object.fromEntries(names),
      )
      return afterChange(context, args, deployment)
    },
  },
]

async function importText(context: CommandContext, args: Arguments): Promise<number> {
  if (context.stdin === undefined)
    throw new UsageError('Give the text of a .env file on stdin: … < .env')
  const app = positional(args, 0)
  const { warnings, deployment } = context.env.importText(context.actor, app, context.stdin)
  for (const warning of warnings) await context.printError(` !  ${warning}\n`)
  return afterChange(context, args, deployment)
}

async function afterChange(
  context: CommandContext,
  args: Arguments,
  deployment: Deployment | null,
): Promise<number> {
  if (deployment)
    return followDeployment(context, deployment, { detach: args.options['detach'] === true })
  await show(context, { deployment: null }, () => 'Done. There is nothing to deploy.\n')
  return 0
}

/** As a .env file holds it. */
function quoted(value: string): string {
  if (/^[\w./:@%+,-]*$/.test(value)) return value
  if (!value.includes("'")) return `'${value}'`
  const escaped = value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `"${escaped}"`
}
