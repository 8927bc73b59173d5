import { AddAlertRule, type AlertRule, ChangeAlertRule } from '@vastrox/shared/alert.ts'
import { CONDITION_METRICS } from '@vastrox/shared/alert-rule.ts'
import { durationOption } from '#commands/alert-commands.ts'
import {
  type Arguments,
  type Command,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

const LIMITS = {
  above: { type: 'string' },
  below: { type: 'string' },
  clear: { type: 'string' },
  for: { type: 'string' },
  'min-requests': { type: 'string' },
  severity: { type: 'string' },
} as const

/** Rules of alerts: the built-in ones and one's own. */
export const alertRuleCommands: readonly Command[] = [
  {
    name: 'alert-rules',
    aliases: ['alert-rules:list'],
    usage: '',
    summary: 'Rules of alerts, built-in ones and your own',
    permission: 'alert.read',
    takes: [0, 0],
    async run(context) {
      const { alertRules } = await context.alerts()
      const rules = alertRules.list(context.actor)
      await show(context, rules, () => ruleTable(rules))
    },
  },
  {
    name: 'alert-rules:metrics',
    usage: '[app|instance|addon|node|disk|edge|platform|uptime]',
    summary: 'What a rule can be over',
    permission: 'alert.read',
    takes: [0, 1],
    async run(context, args) {
      const [only] = args.positionals
      const known = Object.entries(CONDITION_METRICS).filter(
        ([of]) => only === undefined || of === only,
      )
      if (known.length === 0)
        throw new UsageError(`There are: ${Object.keys(CONDITION_METRICS).join(', ')}.`)
      const rows = known.flatMap(([of, metrics]) =>
        Object.entries(metrics).map(([metric, { unit, words }]) => ({ of, metric, unit, words })),
      )
      await show(context, rows, () =>
        table(
          ['Of', 'Metric', 'Unit', 'What'],
          rows.map(({ of, metric, unit, words }) => [of, metric, unit, words]),
        ),
      )
    },
  },
  {
    name: 'alert-rules:add',
    usage:
      '<name> --of edge --metric p99 --above 800 [--clear 600] [--for 5m] [--app blog] [--severity critical] [--aggregate max] [--min-requests 1]',
    summary: 'Watch a metric; alert-rules:metrics lists what there is',
    permission: 'alert.manage',
    options: {
      ...LIMITS,
      of: { type: 'string' },
      metric: { type: 'string' },
      aggregate: { type: 'string' },
      app: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const wish = AddAlertRule.safeParse({
        name: positional(args, 0),
        severity: textOption(args, 'severity'),
        app: textOption(args, 'app') ?? null,
        condition: {
          of: textOption(args, 'of'),
          metric: textOption(args, 'metric'),
          aggregate: textOption(args, 'aggregate'),
          ...limitsOf(args),
        },
      })
      if (!wish.success) throw new UsageError(sayIssue(wish.error.issues))
      const { alertRules } = await context.alerts()
      const rule = alertRules.add(context.actor, wish.data)
      await show(context, rule, () => ruleTable([rule]))
    },
  },
  {
    name: 'alert-rules:change',
    usage: '<rule> [--above 10|--below 5] [--clear 8] [--for 10m] [--severity warning] [--name …]',
    summary: 'Change the limits of a rule',
    permission: 'alert.manage',
    options: { ...LIMITS, name: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const limits = limitsOf(args)
      const wish = ChangeAlertRule.safeParse({
        name: textOption(args, 'name'),
        severity: textOption(args, 'severity'),
        ...(Object.keys(limits).length > 0 ? { condition: limits } : {}),
      })
      if (!wish.success) throw new UsageError(sayIssue(wish.error.issues))
      const { alertRules } = await context.alerts()
      const rule = alertRules.change(context.actor, positional(args, 0), wish.data)
      await show(context, rule, () => ruleTable([rule]))
    },
  },
  ...(['enable', 'disable'] as const).map(
    (verb): Command => ({
      name: `alert-rules:${verb}`,
      usage: '<rule>',
      summary:
        verb === 'enable' ? 'Switch a rule on again' : 'Switch a rule off: it alerts no more',
      permission: 'alert.manage',
      takes: [1, 1],
      async run(context, args) {
        const { alertRules } = await context.alerts()
        const isOn = verb === 'enable'
        const rule = alertRules.change(context.actor, positional(args, 0), { isOn })
        await show(context, rule, () => `${rule.name} is ${isOn ? 'on' : 'off'}.\n`)
      },
    }),
  ),
  {
    name: 'alert-rules:remove',
    aliases: ['alert-rules:destroy'],
    usage: '<rule>',
    summary: 'Remove a rule of your own; a built-in one is as from the first day again',
    permission: 'alert.manage',
    takes: [1, 1],
    async run(context, args) {
      const { alertRules } = await context.alerts()
      const id = positional(args, 0)
      alertRules.remove(context.actor, id)
      await show(context, { removed: id }, () => 'Done.\n')
    },
  },
]

/** What was said of the limits; a number that is none is told by the schema. */
function limitsOf(args: Arguments): Record<string, unknown> {
  const [above, below, clear, least] = ['above', 'below', 'clear', 'min-requests'].map((name) =>
    textOption(args, name),
  )
  if (above !== undefined && below !== undefined)
    throw new UsageError('Give --above or --below, not both.')
  const limit = above ?? below
  const forMs = durationOption(args, 'for')
  return {
    ...(limit === undefined
      ? {}
      : { is: above === undefined ? 'below' : 'above', limit: Number(limit) }),
    ...(clear === undefined ? {} : { clearLimit: Number(clear) }),
    ...(least === undefined ? {} : { minRequests: Number(least) }),
    ...(forMs === undefined ? {} : { forMs }),
  }
}

const sayIssue = (issues: readonly { path: readonly PropertyKey[]; message: string }[]): string => {
  const [first] = issues
  return first === undefined ? 'It is not valid.' : `${first.path.join('.')}: ${first.message}`
}

const ruleTable = (rules: readonly AlertRule[]): string =>
  table(
    ['Rule', 'State', 'Severity', 'App', 'Name', 'What'],
    rules.map(({ id, isOn, severity, app, name, words }) => [
      id,
      isOn ? 'on' : 'off',
      severity,
      app ?? 'all',
      name,
      words,
    ]),
  )
