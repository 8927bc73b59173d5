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

/** What a line says of itself, or what stderr is taken for. */
export const levelOfLine = ({ stream, text }: LogLine): LogLevel =>
  levelOf(text) ?? (stream === 'stderr' ? 'warning' : 'info')

/** Messages of RFC 5424, each behind its length (RFC 6587, 3.4.1; RFC 5425, 4.3). */
export function syslogFrames({ app, line }: DrainLine, host: string): Buffer[] {
  const { at, source, release, stream, text } = line
  const level = levelOfLine(line)
  const priority = FACILITY * 8 + SEVERITIES[level]
  const [process = source] = source.split('.')
  const head = `<${priority}>1 ${timeOf(at)} ${word(host, 255)} ${word(app, 48)} ${word(source, 128)} ${word(stream, 32)}`
  const about = [
    parameter('app', app),
    parameter('process', process),
    parameter('instance', source),
    ...(release === null ? [] : [parameter('release', String(release))]),
    parameter('stream', stream),
    parameter('level', level),
  ].join(' ')
  const parts = partsOf(text)
  return parts.map((part, at) => {
    const place = parts.length === 1 ? '' : ` ${parameter('part', `${at + 1}/${parts.length}`)}`
    return framed(Buffer.concat([Buffer.from(`${head} [${OWN} ${about}${place}] `), part]))
  })
}

/** The engine gives nanoseconds; six digits of a second is the most that there may be. */
const timeOf = (at: string): string => at.replace(/(\.\d{6})\d+/, '$1')

const framed = (message: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${message.length} `), message])

/** Printable ASCII without spaces, as the header wants it; a hyphen for nothing. */
const word = (text: string, most: number): string =>
  text.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-'

const parameter = (name: string, value: string): string =>
  `${name}="${value.replace(/[\0\n]/g, ' ').replace(/["\\\]]/g, '\\$&')}"`

/** No letter is cut in two: UTF-8 goes on with bytes that begin with 10. */
function partsOf(text: string): Buffer[] {
  // What ends a message elsewhere on its way is shown instead.
  const bytes = Buffer.from(text.replaceAll('\0', '\u2400').replaceAll('\n', '\u240a'))
  const parts: Buffer[] = []
  let from = 0
  while (from < bytes.length && parts.length < MAX_PARTS) {
    let to = Math.min(bytes.length, from + MAX_TEXT_BYTES)
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1
    parts.push(bytes.subarray(from, to))
    from = to
  }
  return parts.length === 0 ? [Buffer.alloc(0)] : parts
}
