import type { CommandContext } from '#commands/command.ts'

/** Columns wide enough for what is in them; the last one as long as it is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Label and value, one a line. */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join('')
}

/** `--json` gives the value, otherwise the text is printed. */
export const show = (context: CommandContext, value: unknown, text: () => string): Promise<void> =>
  context.print(context.json ? `${JSON.stringify(value)}\n` : text())

/**
 * What apps print goes to terminals: colours stay, everything else that steers a terminal goes
 * (rule C15).
 */
export const harmless = (text: string): string =>
  text.replace(STEERING, (sequence) => (COLOUR.test(sequence) ? sequence : ''))

const ESCAPE = String.fromCodePoint(27)
const BELL = String.fromCodePoint(7)
const CONTROL = '\\p{Cc}'
const COLOUR = new RegExp(`^${ESCAPE}\\[[0-9;]*m$`)
/** Sequences with parameters, strings for the terminal to its end, short ones; tabs may stay. */
const STEERING = new RegExp(
  [
    `${ESCAPE}\\[[0-?]*[ -/]*[@-~]`,
    `${ESCAPE}[\\]PX^_][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?`,
    `${ESCAPE}.?`,
    `(?!\\t)${CONTROL}`,
  ].join('|'),
  'gu',
)

/** "3 h", "12 s": how long ago. */
export function age(from: string | null, now: Date): string {
  if (from === null) return '-'
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(from)) / 1_000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

export const megabytes = (bytes: number | null): string =>
  bytes === null ? '-' : `${Math.round(bytes / 2 ** 20)} MB`
