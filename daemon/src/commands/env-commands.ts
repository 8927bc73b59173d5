import type { Deployment } from '@vastrox/shared/deployment.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  positional,
  UsageError,
} from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { show, table } from '#commands/output.ts'

export const envCommands: readonly Command[] = [
  {
    name: 'env',
    aliases: ['env:list', 'config'],
    usage: '<app> [--reveal]',
    summary: 'List env variables; values only with --reveal, which leaves an audit event',
    permission: 'env.read',
    options: { reveal: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const reveal = args.options['reveal'] === true
      const variables = context.env.list(context.actor, positional(args, 0), { reveal })
      await show(context, variables, () =>
        reveal
          ? variables.map(({ key, value }) => `${key}=${quoted(value ?? '')}\n`).join('')
          : table(
              ['Name', 'Changed'],
              variables.map(({ key, changedAt }) => [key, changedAt]),
            ),
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
    usage: '<app> NAME=value … | <app> NAME < value | <app> - < .env',
    summary: 'Set env variables and deploy; from stdin no value is in an argument list',
    permission: 'env.change',
    options: DEPLOYING,
    takes: [2, 1_000],
    async run(context, args) {
      const app = positional(args, 0)
      const words = args.positionals.slice(1)
      if (words.length === 1 && words[0] === '-') return importText(context, args)
      const changes = Object.fromEntries(words.map((word) => variableOf(word, words, context)))
      const deployment = context.env.change(context.actor, app, changes)
      return afterChange(context, args, deployment)
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

function variableOf(
  word: string,
  words: readonly string[],
  { stdin }: CommandContext,
): [string, string] {
  const at = word.indexOf('=')
  if (at > 0) return [word.slice(0, at), word.slice(at + 1)]
  if (words.length > 1 || stdin === undefined || at === 0)
    throw new UsageError(`${word} is not NAME=value.`)
  return [word, stdin.replace(/\r?\n$/, '')]
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
