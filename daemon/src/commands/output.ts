import type { CommandContext } from '#commands/command.ts'

/**
 * Columns wide enough for what is in them; the last one as long as it is. No cell steers a terminal
 * or reaches into the next line (rule C15).
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map(cellOf))
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

/** Label and value, one a line; neither steers a terminal (rule C15). */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `${cellOf(label).padEnd(width)}  ${cellOf(value)}\n`).join('')
}

const cellOf = (text: string): string => plain(text.replace(/[\t\r\n]+/g, ' '))

/** `--json` gives the value, otherwise the text is printed. */
export const show = (context: CommandContext, value: unknown, text: () => string): Promise<void> =>
  context.print(context.json ? `${jsonOf(value)}\n` : text())

/** JSON that is its value still, without the characters that steer a terminal and JSON lets be. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value).replace(
    NOT_FOR_TERMINALS,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * What apps print goes to terminals: colours stay, everything else that steers a terminal goes
 * (rule C15).
 */
export const harmless = (text: string): string =>
  text.replace(STEERING, (sequence) => (COLOUR.test(sequence) ? sequence : ''))

/** As `harmless`, and without colours: where a text stands among others, these would go on. */
export const plain = (text: string): string => text.replace(STEERING, '')

const ESCAPE = String.fromCodePoint(27)
const BELL = String.fromCodePoint(7)
/** Controls, and what turns the direction of a line so that it reads as something else. */
const CONTROL = '[\\p{Cc}\\p{Bidi_Control}]'
const NOT_FOR_TERMINALS = /[\u007f-\u009f]|\p{Bidi_Control}/gu
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
