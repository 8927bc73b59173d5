import {
  AddUptimeCheck,
  ChangeUptimeCheck,
  type UptimeCheck,
  type UptimeCheckDetails,
  type UptimeKind,
} from '@vastrox/shared/uptime.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import {
  type Arguments,
  type Command,
  type CommandContext,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { age, facts, show, table } from '#commands/output.ts'

const PAGE = 200
/** Of a team's own at most 100, and one of each app. */
const MAX_PAGES = 50
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const SETTINGS = {
  name: { type: 'string' },
  method: { type: 'string' },
  every: { type: 'string' },
  timeout: { type: 'string' },
  status: { type: 'string' },
  contains: { type: 'string' },
  header: { type: 'string' },
  slow: { type: 'string' },
  'certificate-days': { type: 'string' },
  follow: { type: 'boolean' },
} as const
const WORDS =
  '[--every 60s] [--timeout 10s] [--status 2xx] [--contains text] [--header "x: y"] [--slow 2s] [--certificate-days 14] [--method GET] [--follow]'

/** What is looked at from this node. */
export const uptimeCommands: readonly Command[] = [
  {
    name: 'uptime',
    aliases: ['uptime:list'],
    usage: '',
    summary: 'List what is looked at: each app’s address, and whatever was added',
    permission: 'uptime.read',
    takes: [0, 0],
    async run(context) {
      const checks = await all(context)
      await show(context, checks, () => tableOf(checks, new Date()))
    },
  },
  {
    name: 'uptime:info',
    usage: '<id, name or app>',
    summary: 'One check with its settings, and when it was down',
    permission: 'uptime.read',
    takes: [1, 1],
    async run(context, args) {
      const { id } = await named(context, positional(args, 0))
      const check = (await context.uptime()).get(context.actor, id)
      await show(context, check, () => detailsOf(check, new Date()))
    },
  },
  {
    name: 'uptime:add',
    usage: `<https://… | host:port> [--kind http|tcp|tls] [--name shop] ${WORDS}`,
    summary: 'Look at an address from now on',
    permission: 'uptime.manage',
    options: { kind: { type: 'string' }, ...SETTINGS },
    takes: [1, 1],
    async run(context, args) {
      const target = positional(args, 0)
      const kind = textOption(args, 'kind') ?? kindOf(target)
      const wish = parsed(AddUptimeCheck, { kind, target, ...settingsOf(args) })
      const check = await (await context.uptime()).add(context.actor, wish)
      await show(context, check, () => `Looked at from now on: ${check.id}\n`)
    },
  },
  {
    name: 'uptime:change',
    usage: `<id, name or app> [--target …] [--name …] ${WORDS}`,
    summary: 'Change a check; of an app’s own the target is its path, or `default`',
    permission: 'uptime.manage',
    options: { target: { type: 'string' }, ...SETTINGS },
    takes: [1, 1],
    async run(context, args) {
      const before = await named(context, positional(args, 0))
      const target = textOption(args, 'target')
      const { expect, ...settings } = settingsOf(args)
      const wish = parsed(ChangeUptimeCheck, {
        ...settings,
        ...(target === undefined ? {} : { target }),
        ...(expect === undefined ? {} : { expect: { ...before.expect, ...expect } }),
      })
      const check = await (await context.uptime()).change(context.actor, before.id, wish)
      await show(context, check, () => tableOf([check], new Date()))
    },
  },
  ...(['on', 'off'] as const).map(
    (word): Command => ({
      name: `uptime:${word}`,
      usage: '<id, name or app>',
      summary: word === 'on' ? 'Look at it again' : 'Look at it no more; its history stays',
      permission: 'uptime.manage',
      takes: [1, 1],
      async run(context, args) {
        const { id } = await named(context, positional(args, 0))
        const isOn = word === 'on'
        const check = await (await context.uptime()).change(context.actor, id, { isOn })
        await show(context, check, () => `Switched ${word}.\n`)
      },
    }),
  ),
  {
    name: 'uptime:remove',
    aliases: ['uptime:destroy'],
    usage: '<id or name>',
    summary: 'Remove a check with its history',
    permission: 'uptime.manage',
    takes: [1, 1],
    async run(context, args) {
      const { id } = await named(context, positional(args, 0))
      ;(await context.uptime()).remove(context.actor, id)
      await show(context, { removed: id }, () => 'Removed.\n')
    },
  },
]

async function all(context: CommandContext): Promise<UptimeCheck[]> {
  const service = await context.uptime()
  const checks: UptimeCheck[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, nextCursor } = service.list(context.actor, {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    checks.push(...items)
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return checks
}

async function named(context: CommandContext, text: string): Promise<UptimeCheck> {
  const checks = await all(context)
  const found =
    checks.find(({ id }) => id === text) ??
    checks.find(({ app }) => app === text) ??
    checks.find(({ name }) => name === text)
  if (!found) throw new CodedError('UPTIME_CHECK_NOT_FOUND')
  return found
}

const kindOf = (target: string): UptimeKind => (/^https?:\/\//i.test(target) ? 'http' : 'tcp')

function settingsOf(args: Arguments) {
  const expect = {
    ...textsOf(args, ['status', 'contains', 'header']),
    ...durationOf(args, 'slow', 'slowMs'),
    ...(textOption(args, 'certificate-days') === undefined
      ? {}
      : { certificateDays: numberOption(args, 'certificate-days') }),
  }
  return {
    ...textsOf(args, ['name', 'method']),
    ...durationOf(args, 'every', 'everyMs'),
    ...durationOf(args, 'timeout', 'timeoutMs'),
    ...(args.options['follow'] === true ? { followRedirects: true } : {}),
    ...(Object.keys(expect).length > 0 ? { expect } : {}),
  }
}

const textsOf = (args: Arguments, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = textOption(args, name)
      return text === undefined ? [] : [[name, text]]
    }),
  )

/** `500ms`, `30s`, `5m`, `1h`; a number alone is of seconds. */
function durationOf(args: Arguments, option: string, name: string): Record<string, number> {
  const text = textOption(args, option)
  if (text === undefined) return {}
  const [, digits, unit = 's'] = /^(\d{1,7})(ms|s|m|h)?$/.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`--${option} takes a time like 30s, 5m or 500ms.`)
  return { [name]: Number(digits) * (UNITS[unit] ?? 1) }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const found = schema.safeParse(value)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new UsageError(`${where === '' ? '' : `${where}: `}${issue?.message ?? 'It is not valid.'}`)
}

const tableOf = (checks: readonly UptimeCheck[], now: Date): string =>
  checks.length === 0
    ? 'Nothing yet. vastrox uptime:add https://example.com/health\n'
    : table(
        ['Id', 'Name', 'Kind', 'State', 'For', 'Took', 'Day', 'Quarter', 'Target'],
        checks.map((check) => [
          check.id,
          check.name,
          check.app === null ? check.kind : 'app',
          check.reason === null || check.state === 'up'
            ? check.state
            : `${check.state}: ${check.reason}`,
          age(check.since, now),
          check.lastMs === null ? '-' : `${check.lastMs} ms`,
          percent(check.availability.day),
          percent(check.availability.quarter),
          check.target,
        ]),
      )

const detailsOf = (check: UptimeCheckDetails, now: Date): string =>
  [
    facts([
      ['Id', check.id],
      ['Name', check.name],
      ['Target', `${check.method} ${check.target}`],
      ['Of', check.app === null ? check.kind : `the app ${check.app}`],
      ['State', check.reason === null ? check.state : `${check.state}: ${check.reason}`],
      ['Since', check.since ?? '-'],
      ['Every', `${check.everyMs / 1_000} s, at most ${check.timeoutMs / 1_000} s each`],
      ['Expects', expectsOf(check)],
      ['Certificate', check.certificateDays === null ? '-' : `${check.certificateDays} days`],
      ['Day', percent(check.availability.day)],
      ['Week', percent(check.availability.week)],
      ['Quarter', percent(check.availability.quarter)],
    ]),
    check.incidents.length === 0
      ? 'It was not down yet.\n'
      : table(
          ['Down from', 'Until', 'For', 'Why'],
          check.incidents.map(({ startedAt, endedAt, reason }) => [
            startedAt,
            endedAt ?? 'still',
            age(startedAt, endedAt === null ? now : new Date(endedAt)),
            reason,
          ]),
        ),
  ].join('\n')

const expectsOf = ({ expect, followRedirects }: UptimeCheck): string =>
  [
    ...Object.entries(expect).map(([name, value]) => `${name} ${value}`),
    ...(followRedirects ? ['follows redirects'] : []),
  ].join(', ') || 'an answer'

const percent = (share: number | null): string => (share === null ? '-' : `${share} %`)
