import { readKeys, readLine, type SegmentKeys } from '#adapters/system/log-segment-text.ts'

const NEWLINE = 10
const HASH = 35

export interface SegmentFacts {
  first: number
  count: number
  fromMs: number
  toMs: number
}

/** How many lines there are, and of what time. Undefined for what is no segment. */
export function factsOf(content: Buffer): SegmentFacts | undefined {
  const text = content.toString()
  const keys = readKeys(text)
  if (!keys) return undefined
  let fromMs = Number.POSITIVE_INFINITY
  let toMs = 0
  let count = 0
  let at = text.indexOf('\n') + 1
  const base = Date.parse(keys.head.base.slice(0, 19).concat('Z'))
  for (let end = text.indexOf('\n', at); end !== -1; end = text.indexOf('\n', at)) {
    if (text.charCodeAt(at) !== HASH) {
      count += 1
      const nanos = Number.parseInt(text.slice(at, text.indexOf(' ', at)), 36)
      const ms = base + Math.floor(nanos / 1e6)
      if (ms < fromMs) fromMs = ms
      if (ms > toMs) toMs = ms
    }
    at = end + 1
  }
  return { first: keys.head.first, count, fromMs: Number.isFinite(fromMs) ? fromMs : base, toMs }
}

/** How many of a segment's lines begin in this part of it. */
export function countLines(content: Buffer, from: number, to: number): number {
  let count = 0
  let at = from
  while (at < to) {
    if (content[at] !== HASH) count += 1
    const end = content.indexOf(NEWLINE, at)
    if (end === -1 || end >= to) break
    at = end + 1
  }
  return count
}

/** The time of the last line of each instance. */
export function timesIn(text: string, keys: SegmentKeys): Map<string, string> {
  const times = new Map(Object.entries(keys.head.times))
  const missing = new Set<string>()
  for (const [, { instance }] of keys.origins) if (instance !== null) missing.add(instance)
  let end = text.lastIndexOf('\n')
  while (missing.size > 0 && end > 0) {
    const begin = text.lastIndexOf('\n', end - 1)
    if (begin === -1) break
    const found = readLine(text.slice(begin + 1, end), keys)
    if (found?.instance !== null && found !== undefined && missing.delete(found.instance))
      times.set(found.instance, found.line.at)
    end = begin
  }
  return times
}
