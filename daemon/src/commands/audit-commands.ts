import { AuditFilter } from '@vastrox/shared/audit-event.ts'
import {
  type Arguments,
  type Command,
  EXIT_FAILED,
  numberOption,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

const MAX_LISTED = 200
const FILTERS = {
  actor: { type: 'string' },
  action: { type: 'string' },
  target: { type: 'string' },
  result: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const
const FILTER_USAGE =
  '[--actor <name>] [--action <noun or noun.verb>] [--target <part>] [--result ok|denied|failed] [--since <time>] [--until <time>]'

export const auditCommands: readonly Command[] = [
  {
    name: 'audit',
    aliases: ['audit:list'],
    usage: `[-n 50] ${FILTER_USAGE}`,
    summary: 'Who did what to what, newest first',
    permission: 'audit.read',
    options: { number: { type: 'string', short: 'n' }, ...FILTERS },
    takes: [0, 0],
    async run(context, args) {
      const limit = Math.min(numberOption(args, 'number', 1) ?? 50, MAX_LISTED)
      const page = { cursor: undefined, limit }
      const { items } = await context.audit.search(context.actor, filterOf(args), page)
      await show(context, items, () =>
        table(
          ['When', 'Who', 'What', 'To', 'Result', 'From'],
          items.map(({ at, actor, action, target, result, address }) => [
            at,
            actor,
            action,
            target,
            result,
            address ?? '',
          ]),
        ),
      )
    },
  },
  {
    name: 'audit:export',
    usage: `${FILTER_USAGE} > audit.jsonl`,
    summary: 'Print the audit log as JSON lines, oldest first, with its hashes',
    permission: 'audit.read',
    options: FILTERS,
    takes: [0, 0],
    async run(context, args) {
      const filter = filterOf(args)
      context.audit.append({
        actor: context.actor,
        action: 'audit.export',
        target: 'audit-events',
        details: { ...filter },
      })
      for await (const event of context.audit.export(context.actor, filter)) {
        context.signal.throwIfAborted()
        await context.print(`${JSON.stringify(event)}\n`)
      }
    },
  },
  {
    name: 'audit:verify',
    usage: '',
    summary: 'Prove that no audit event was edited, added or removed',
    permission: 'audit.read',
    takes: [0, 0],
    async run(context) {
      const verified = await context.audit.verify()
      const { intact, events, findings, anchors, durationMs } = verified
      await show(context, verified, () =>
        facts([
          ['Events', String(events)],
          ['State', intact ? 'none edited, added or missing' : 'CHANGED FROM OUTSIDE'],
          ...findings.map(({ kind, reason }) => [kind, reason] as const),
          ['Signed', anchors.last ? `up to ${anchors.last.id}, on ${anchors.last.at}` : 'not yet'],
          ['Took', `${durationMs} ms`],
        ]),
      )
      return intact ? 0 : EXIT_FAILED
    },
  },
]

function filterOf(args: Arguments): AuditFilter {
  const filter = AuditFilter.safeParse({
    actor: textOption(args, 'actor'),
    action: textOption(args, 'action'),
    target: textOption(args, 'target'),
    result: textOption(args, 'result'),
    since: timeOf(args, 'since'),
    until: timeOf(args, 'until'),
  })
  if (filter.success) return filter.data
  const [issue] = filter.error.issues
  throw new UsageError(`--${issue?.path.join('.')}: ${issue?.message}`)
}

/** Whatever a clock or a calendar writes; without a zone it is UTC. */
function timeOf(args: Arguments, name: string): string | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text)
  const time = new Date(hasZone || !/\d:\d/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(time.getTime()))
    throw new UsageError(`--${name} takes a time such as 2026-11-26T18:00Z.`)
  return time.toISOString()
}
