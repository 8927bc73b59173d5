import type { LogLevel, LogLine } from '@vastrox/shared/log.ts'
import { levelOf } from '#lib/log-level.ts'
import type { DrainLine } from '#ports/log-drain-end.ts'

/** `user`: what programs of people say. */
const FACILITY = 1
const SEVERITIES: Record<LogLevel, number> = { error: 3, warning: 4, info: 6, debug: 7 }
/** Receivers should take messages of 8,192 bytes (RFC 5425, 4.3.1): longer lines come in parts. */
const MAX_TEXT_BYTES = 7_168
const MAX_PARTS = 64
/** The number that RFC 5612 gives for documents: names of one's own need one. */
const OWN = 'vastrox@32473'
/** A letter of a string takes no more than three bytes. */
const MOST_BYTES_EACH = 3

/** What a line says of itself, or what stderr is taken for. */
export const levelOfLine = ({ stream, text }: LogLine): LogLevel =>
  levelOf(text) ?? (stream === 'stderr' ? 'warning' : 'info')

/** Messages of RFC 5424, each behind its length (RFC 6587, 3.4.1; RFC 5425, 4.3). */
export function syslogFrames({ app, line }: DrainLine, host: string): string[] {
  const { at, source, release, stream } = line
  const level = levelOfLine(line)
  const priority = FACILITY * 8 + SEVERITIES[level]
  const dot = source.indexOf('.')
  const process = dot === -1 ? source : source.slice(0, dot)
  const ofRelease = release === null ? '' : ` release="${release}"`
  const head = `<${priority}>1 ${timeOf(at)} ${word(host, 255)} ${word(app, 48)} ${word(source, 128)} ${word(stream, 32)} [${OWN} app="${value(app)}" process="${value(process)}" instance="${value(source)}"${ofRelease} stream="${stream}" level="${level}"`
  // What ends a message elsewhere on its way is shown instead.
  const text = line.text.replaceAll('\0', '\u2400').replaceAll('\n', '\u240a')
  if (text.length * MOST_BYTES_EACH <= MAX_TEXT_BYTES) return [framed(`${head}] ${text}`)]
  const parts = partsOf(text)
  return parts.map((part, at) =>
    framed(`${head}${parts.length === 1 ? '' : ` part="${at + 1}/${parts.length}"`}] ${part}`),
  )
}

/** The engine gives nanoseconds; six digits of a second is the most that there may be. */
const timeOf = (at: string): string => (at.length > 27 ? at.replace(/(\.\d{6})\d+/, '$1') : at)

const framed = (message: string): string => `${Buffer.byteLength(message)} ${message}`

/** Printable ASCII without spaces, as the header wants it; a hyphen for nothing. */
const word = (text: string, most: number): string =>
  text.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-'

/** Of a parameter, between quotes. */
const value = (text: string): string => text.replace(/[\0\n]/g, ' ').replace(/["\\\]]/g, '\\$&')

/** No letter is cut in two: UTF-8 goes on with bytes that begin with 10. */
function partsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const parts: string[] = []
  let from = 0
  while (from < bytes.length && parts.length < MAX_PARTS) {
    let to = Math.min(bytes.length, from + MAX_TEXT_BYTES)
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1
    parts.push(bytes.subarray(from, to).toString())
    from = to
  }
  return parts
}
