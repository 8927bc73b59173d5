import { plain } from '@vastrox/shared/terminal-text.ts'
import type { CommandContext } from '#commands/command.ts'

export { harmless, plain } from '@vastrox/shared/terminal-text.ts'

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

/** What JSON lets be and terminals obey. */
const NOT_FOR_TERMINALS = /[\u007f-\u009f]|\p{Bidi_Control}/gu

/** "3 h", "12 s": how long ago. */
export function age(from: string | null, now: Date): string {
  if (from === null) return '-'
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(from)) / 1_000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** "18 B", "1.2 kB", "203 MB": what is small is said too. */
export function bytesOf(bytes: number | null): string {
  if (bytes === null) return '-'
  let value = bytes
  let at = 0
  for (; value >= 1_024 && at < UNITS.length - 1; at += 1) value /= 1_024
  const digits = at > 0 && value < 10 ? 1 : 0
  return `${value.toFixed(digits)} ${UNITS[at] ?? 'B'}`
}

export const megabytes = (bytes: number | null): string =>
  bytes === null ? '-' : `${Math.round(bytes / 2 ** 20)} MB`
