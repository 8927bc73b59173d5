import { type ConfigChange, type ConfigPlan, PlanConfig } from '@vastrox/shared/config-file.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import {
  type Command,
  type CommandContext,
  EXIT_FAILED,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { plain, show } from '#commands/output.ts'

/** There is something to change: as of `terraform plan -detailed-exitcode`. */
const EXIT_DIFFERS = 2

/** What the client on the server sends: the file, and what it found of `${NAME}` in its environment. */
const Sent = z.strictObject({ text: z.string(), values: PlanConfig.shape.values })

export const configCommands: readonly Command[] = [
  {
    name: 'export',
    usage: '[app] [--all]',
    summary: 'Print the settings of an app, or of everything, as a file for apply; no secrets',
    permission: 'app.read',
    filtered: true,
    options: { all: { type: 'boolean' } },
    takes: [0, 1],
    async run(context, { positionals, options }) {
      const [app] = positionals
      if ((app === undefined) !== (options['all'] === true))
        throw new UsageError('Say which app, or --all.')
      const text = await (await context.config()).write(context.actor, app ? { app } : {})
      await show(context, { text }, () => text)
    },
  },
  {
    name: 'apply',
    usage: '<file> | < file  [--yes [--plan <digest>] | --dry-run] [--prune]',
    summary: 'Say what a file of settings would change, and make it so with --yes',
    permission: 'app.read',
    filtered: true,
    options: {
      yes: { type: 'boolean', short: 'y' },
      'dry-run': { type: 'boolean' },
      plan: { type: 'string' },
      prune: { type: 'boolean' },
    },
    takes: [0, 1],
    async run(context, args) {
      const isDry = args.options['dry-run'] === true
      const isYes = args.options['yes'] === true
      if (isDry && isYes) throw new UsageError('Either --yes or --dry-run.')
      if (context.stdin === undefined)
        throw new UsageError('Give the file on stdin: vastrox apply < shop.yaml')
      const config = await context.config()
      const wish = { ...sentBy(context.stdin), prune: args.options['prune'] === true }
      const plan = await config.plan(context.actor, wish)
      if (plan.problems.length > 0) {
        await show(context, plan, () => '')
        await context.printError(plan.problems.map(sayProblem).join(''))
        return EXIT_FAILED
      }
      const asked = textOption(args, 'plan')
      if (asked !== undefined && asked !== plan.digest) throw new CodedError('CONFIG_PLAN_OUTDATED')
      if (!isYes || plan.changes.length === 0) {
        await show(context, plan, () => sayPlan(plan))
        return plan.changes.length === 0 ? 0 : EXIT_DIFFERS
      }
      return carryOut(context, plan, async () =>
        config.apply(context.actor, { ...wish, digest: plan.digest }),
      )
    },
  },
]

async function carryOut(
  context: CommandContext,
  plan: ConfigPlan,
  apply: () => Promise<{ deployments: string[] }>,
): Promise<number> {
  if (!context.json) await context.print(`${sayChanges(plan)}\n`)
  const done = await apply()
  const deployments = done.deployments.map((each) => `Deploying: ${plain(each)}\n`).join('')
  await show(context, done, () => `Done: ${count(plan.changes.length)} made.\n${deployments}`)
  return 0
}

function sentBy(stdin: string): Pick<PlanConfig, 'text' | 'values'> {
  if (!stdin.startsWith('{"text":')) return { text: mustBeText(stdin), values: {} }
  const sent = Sent.safeParse(JSON.parse(stdin))
  return sent.success
    ? { ...sent.data, text: mustBeText(sent.data.text) }
    : { text: mustBeText(stdin), values: {} }
}

function mustBeText(text: string): string {
  const read = PlanConfig.shape.text.safeParse(text)
  if (read.success) return read.data
  throw new CodedError('CONFIG_INVALID', {
    reason: text === '' ? 'The file is empty.' : 'The file is larger than 512 KB.',
  })
}

const sayProblem = ({ line, column, message }: ConfigPlan['problems'][number]): string =>
  ` !  Line ${line}, column ${column}: ${plain(message)}\n`

function sayPlan(plan: ConfigPlan): string {
  const notes = plan.notes.map((note) => `  note: ${plain(note)}\n`).join('')
  if (plan.changes.length === 0) return `There is nothing to change.\n${notes}`
  return `${sayChanges(plan)}${notes}\n${count(plan.changes.length)} to make. Nothing was changed: add --yes.\nPlan: ${plan.digest}\n`
}

const count = (changes: number): string => `${changes} ${changes === 1 ? 'change' : 'changes'}`

const SIGNS: Record<ConfigChange['action'], string> = { create: '+', change: '~', remove: '-' }

const sayChanges = ({ changes }: ConfigPlan): string =>
  changes
    .map(({ action, app, section, name, fields }) => {
      const parts = section === 'apps' ? ['app', name] : [app, section, name]
      const what = parts.filter((part) => part !== null).map((part) => plain(part))
      const lines = fields.map(({ name: field, before, after }) =>
        action === 'create'
          ? `      ${plain(field)}: ${oneLine(after)}\n`
          : `      ${plain(field)}: ${oneLine(before)} → ${oneLine(after)}\n`,
      )
      return `  ${SIGNS[action]} ${what.join(' / ')}\n${lines.join('')}`
    })
    .join('')

const oneLine = (text: string | null): string =>
  text === null ? '-' : plain(text.replaceAll(/\r?\n/g, '⏎'))
