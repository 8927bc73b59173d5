import { ChangeLogSettings } from '@vastrox/shared/log.ts'
import {
  type Arguments,
  type CommandContext,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { bytesOf, facts, show } from '#commands/output.ts'
import type { LogSettingsService } from '#core/logs/log-settings.ts'

export const KEEP_USAGE = '[--days 30] [--size 100M] [--rate 10000]'
export const KEEP_OPTIONS = {
  days: { type: 'string' },
  size: { type: 'string' },
  rate: { type: 'string' },
} as const

/** Shows how lines of the first argument are kept, or changes it where something is said. */
export async function keep(
  context: CommandContext,
  args: Arguments,
  settings: Pick<LogSettingsService, 'get' | 'change'>,
): Promise<void> {
  const name = positional(args, 0)
  const size = textOption(args, 'size')
  const change = ChangeLogSettings.safeParse({
    keepDays: numberOption(args, 'days'),
    keepBytes: size === undefined ? undefined : sizeOf(size),
    linesPerSecond: numberOption(args, 'rate'),
  })
  if (!change.success) throw new UsageError(HOW)
  const isAsked = Object.values(change.data).every((value) => value === undefined)
  const view = isAsked
    ? await settings.get(context.actor, name)
    : await settings.change(context.actor, name, change.data)
  await show(context, view, () =>
    facts([
      ['kept', `${view.keepDays} days, at most ${bytesOf(view.keepBytes)}`],
      ['takes', `${bytesOf(view.usedBytes)} for ${bytesOf(view.lineBytes)} of lines`],
      ['oldest', view.oldestAt ?? '-'],
      ['rate', `${view.linesPerSecond} lines a second`],
      ['dropped', `${view.droppedLines} lines since Vastrox started`],
    ]),
  )
}

const HOW =
  'Say --days from 1 to 365, --size with its unit (50M, 2G; 1M at least), --rate from 10 lines a second on.'
const BY_UNIT: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 }

function sizeOf(text: string): number {
  const [, count, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([MG])i?B?$/i.exec(text) ?? []
  const bytes = BY_UNIT[unit?.toUpperCase() ?? '']
  if (count === undefined || bytes === undefined) throw new UsageError(HOW)
  return Math.round(Number(count) * bytes)
}
