import type { ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import type { LogFrame } from '#agent/containers/log-frames.ts'

export type LogLine = Extract<ReadLogsEvent, { type: 'line' }>

const MAX_LINE_BYTES = 16_384
/** `2026-11-22T17:00:00.000000000Z`, then a blank. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z /

/**
 * Turns frames, which begin with the engine's time, into lines of at most 16 KiB. Every line gets a
 * time of its own, later than that of the line before, by a nanosecond where the engine gave none
 * such: the pieces of a long line share one, and two streams may come out of order. So "later than
 * the last one I have" names exactly the lines that a reader lacks.
 */
export function createLineMaker() {
  const cutLine = createLineCutter()

  return function linesOf({ stream, payload }: LogFrame): LogLine[] {
    const text = payload.toString('utf8')
    const stamp = STAMP.exec(text)
    const at = stamp?.[0].trimEnd()
    const body = text.slice(stamp?.[0].length ?? 0).replace(/\r?\n$/, '')
    return cutLine({ stream, at, body })
  }
}

/** The same of what has been taken apart already; without a time it has that of the one before. */
export function createLineCutter() {
  let last = ''

  return function linesOf({
    stream,
    at = last,
    body,
  }: {
    stream: LogLine['stream']
    at: string | undefined
    body: string
  }): LogLine[] {
    return cut(body).map((piece) => {
      last = at > last ? at : nextNanosecond(last)
      return { type: 'line', at: last, stream, text: piece }
    })
  }
}

/** Never through the middle of a character. */
function cut(text: string): string[] {
  if (Buffer.byteLength(text) <= MAX_LINE_BYTES) return [text]
  const pieces: string[] = []
  let piece = ''
  let bytes = 0
  for (const character of text) {
    const size = Buffer.byteLength(character)
    if (bytes + size > MAX_LINE_BYTES) {
      pieces.push(piece)
      piece = ''
      bytes = 0
    }
    piece += character
    bytes += size
  }
  return [...pieces, piece]
}

export function nextNanosecond(at: string): string {
  const stamp = STAMP.exec(`${at} `)
  if (!stamp) return at
  const nanos = Number(stamp[2]) + 1
  if (nanos < 1e9) return `${stamp[1]}.${String(nanos).padStart(9, '0')}Z`
  const next = new Date(Date.parse(`${stamp[1]}Z`) + 1_000).toISOString().slice(0, 19)
  return `${next}.000000000Z`
}

/** The engine's form of a time: seconds since the epoch with nanoseconds. */
export function toEngineTime(at: string): string {
  const seconds = Math.floor(Date.parse(at) / 1000)
  const nanos = /\.(\d{1,9})/.exec(at)?.[1] ?? '0'
  return `${seconds}.${nanos.padEnd(9, '0')}`
}

/** ISO time with nine digits, so that times compare as text. */
export const toNanos = (at: string): string => {
  const nanos = (/\.(\d{1,9})/.exec(at)?.[1] ?? '').padEnd(9, '0')
  return `${new Date(at).toISOString().slice(0, 19)}.${nanos}Z`
}
