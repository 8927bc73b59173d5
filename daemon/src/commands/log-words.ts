import { CodedError } from '@vastrox/shared/errors.ts'
import { type FoundLine, LogFilter } from '@vastrox/shared/log.ts'
import { type Arguments, type CommandContext, textOption } from '#commands/command.ts'
import { harmless } from '#commands/output.ts'

export const DEFAULT_LINES = 100

/** By which lines of any log are looked for. */
export const FILTER_USAGE =
  '[--grep text] [--regex …] [--level warning] [--since 2h] [--until …] [--field status=500]'
export const FILTER_OPTIONS = {
  follow: { type: 'boolean', short: 'f' },
  number: { type: 'string', short: 'n' },
  grep: { type: 'string' },
  regex: { type: 'string' },
  level: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  stream: { type: 'string' },
  source: { type: 'string' },
  release: { type: 'string' },
  field: { type: 'string' },
} as const

/** Throws LOG_FILTER_INVALID, with the reason in words. */
export function filterOf(args: Arguments, now = Date.now()): LogFilter {
  const parsed = LogFilter.safeParse({
    source: textOption(args, 'source'),
    text: textOption(args, 'grep'),
    regex: textOption(args, 'regex'),
    level: textOption(args, 'level'),
    stream: textOption(args, 'stream'),
    release: textOption(args, 'release'),
    fields: textOption(args, 'field'),
    from: timeOf(textOption(args, 'since'), now),
    to: timeOf(textOption(args, 'until'), now),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CodedError('LOG_FILTER_INVALID', {
    reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
  })
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 }

/** `30m`, `2h`, `7d` ago, or a time. */
function timeOf(said: string | undefined, now: number): string | undefined {
  if (said === undefined) return undefined
  const ago = /^(\d{1,6})([smhd])$/.exec(said)
  const ms = ago ? now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0) : Date.parse(said)
  if (Number.isNaN(ms))
    throw new CodedError('LOG_FILTER_INVALID', {
      reason: `"${said}" is no time: write 30m, 2h or 7d for so long ago, or 2026-11-22T17:00:00Z`,
    })
  return new Date(ms).toISOString()
}

/** A line each, for people or with --json for programs. */
export async function printLines(
  context: CommandContext,
  lines: AsyncIterable<FoundLine> | Iterable<FoundLine>,
): Promise<void> {
  for await (const line of lines)
    await context.print(context.json ? `${JSON.stringify(line)}\n` : text(line))
}

const text = ({ at, source, text: said }: FoundLine): string =>
  `${at.slice(0, 19)}Z ${source.padEnd(8)} | ${harmless(said)}\n`
