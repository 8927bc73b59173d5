import { parseAnsi, plainText } from '#lib/ansi.ts'
import { cx } from '#lib/cx.ts'

const ANSI_COLOR = [
  'text-faint',
  'text-bad',
  'text-good',
  'text-warn',
  'text-busy',
  'text-ansi-magenta',
  'text-accent',
  'text-ink',
] as const

/** A line in its own colours, of text nodes alone (rule C15). */
export const Ansi = ({ text }: { text: string }) =>
  parseAnsi(text).map((span, index) => (
    <span
      // The runs of a line never move.
      key={index}
      className={cx(
        span.color !== undefined && ANSI_COLOR[span.color % 8],
        span.bold && 'font-semibold',
        span.dim && 'opacity-70',
        span.italic && 'italic',
        span.underline && 'underline',
      )}
    >
      {span.text}
    </span>
  ))

/** A line without its colours, with what was looked for marked. */
export function Marked({ text, search }: { text: string; search: string }) {
  const plain = plainText(text)
  const at = plain.toLowerCase().indexOf(search.toLowerCase())
  if (at === -1) return <>{plain}</>
  return (
    <>
      {plain.slice(0, at)}
      <mark className="rounded-sm bg-warn-soft text-warn">
        {plain.slice(at, at + search.length)}
      </mark>
      {plain.slice(at + search.length)}
    </>
  )
}

const SOURCE_COLORS = ['text-accent', 'text-busy', 'text-ansi-magenta', 'text-warn', 'text-good']

/** The same source has the same colour for as long as one looks. */
export function sourceColor(source: string): string {
  let sum = 0
  for (const char of source) sum = (sum * 31 + char.charCodeAt(0)) % 9_973
  return SOURCE_COLORS[sum % SOURCE_COLORS.length] ?? 'text-muted'
}
