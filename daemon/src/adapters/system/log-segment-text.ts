import type { LogLine } from '@vastrox/shared/log.ts'
import type { LineToKeep } from '#ports/log-archive.ts'

/** What many lines have in common: written once a segment, and named by a key after that. */
export interface LineOrigin {
  source: string
  release: number | null
  stream: LogLine['stream']
  instance: string | null
  /** Digits behind the second. */
  digits: number
}

/** First line of each segment. */
export interface SegmentHead {
  /** Number of the segment's first line; lines of an app are counted from 1. */
  first: number
  /** Times of lines are told from here. */
  base: string
  /** What earlier segments say about where to go on. */
  times: Record<string, string>
}

/** Where the text of a line would break the format; no line that was printed holds either. */
const ESCAPE = '\u001a'
const NANOS_A_SECOND = 1e9
const HEAD_LENGTH = '2026-11-22T17:00:00'.length

/**
 * Lines as text: `<time since the base, in nanoseconds, base 36> <key> <text>`, with a line
 * `#<key> {…}` before the first one of each origin. What apps print stands there as it is, so that it
 * can be looked through without taking lines apart: 14 bytes a line come with it.
 */
export function createSegmentWriter(
  head: SegmentHead,
  known: ReadonlyMap<string, LineOrigin> = new Map(),
) {
  const keys = new Map<string, string>()
  for (const [key, origin] of known) keys.set(nameOf(origin), key)
  const since = secondsOf(head.base)
  let lastHead = ''
  let lastSeconds = 0

  function keyOf(origin: LineOrigin): [key: string, said: string] {
    const name = nameOf(origin)
    const had = keys.get(name)
    if (had !== undefined) return [had, '']
    const key = keys.size.toString(36)
    keys.set(name, key)
    return [key, `#${key} ${JSON.stringify(origin)}\n`]
  }

  return function write({ line, instance }: LineToKeep): string {
    const { at, source, release, stream, text } = line
    if (!at.startsWith(lastHead) || lastHead === '') {
      lastHead = at.slice(0, HEAD_LENGTH)
      lastSeconds = secondsOf(at)
    }
    const fraction = at[HEAD_LENGTH] === '.' ? at.slice(HEAD_LENGTH + 1, -1) : ''
    const nanos = (lastSeconds - since) * NANOS_A_SECOND + Number(fraction.padEnd(9, '0'))
    const [key, said] = keyOf({ source, release, stream, instance, digits: fraction.length })
    return `${said}${nanos.toString(36)} ${key} ${escaped(text)}\n`
  }
}

const nameOf = ({ source, release, stream, instance, digits }: LineOrigin): string =>
  `${source}\n${release}\n${stream}\n${instance}\n${digits}`

export const headText = (head: SegmentHead): string => `${JSON.stringify(head)}\n`

function escaped(text: string): string {
  if (!text.includes('\n') && !text.includes(ESCAPE)) return text
  return text.replaceAll(ESCAPE, `${ESCAPE}${ESCAPE}`).replaceAll('\n', `${ESCAPE}n`)
}

const unescaped = (text: string): string =>
  text.includes(ESCAPE)
    ? text
        .split(`${ESCAPE}${ESCAPE}`)
        .map((part) => part.replaceAll(`${ESCAPE}n`, '\n'))
        .join(ESCAPE)
    : text

/** Whole seconds since the epoch. */
const secondsOf = (at: string): number => Date.parse(`${at.slice(0, HEAD_LENGTH)}Z`) / 1_000

/** What is needed to read any line of a segment. */
export interface SegmentKeys {
  head: SegmentHead
  origins: ReadonlyMap<string, LineOrigin>
}

/** Undefined for a line that is damaged, or that is none. */
export function readLine(
  text: string,
  { head, origins }: SegmentKeys,
): { line: LogLine; instance: string | null } | undefined {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  if (first <= 0 || second === -1) return undefined
  const origin = origins.get(text.slice(first + 1, second))
  const nanos = Number.parseInt(text.slice(0, first), 36)
  if (origin === undefined || !Number.isSafeInteger(nanos)) return undefined
  const { instance, digits, ...rest } = origin
  const at = timeOf(secondsOf(head.base), nanos, digits)
  if (at === undefined) return undefined
  return { line: { at, ...rest, text: unescaped(text.slice(second + 1)) }, instance }
}

function timeOf(base: number, nanos: number, digits: number): string | undefined {
  const seconds = Math.floor(nanos / NANOS_A_SECOND)
  const date = new Date((base + seconds) * 1_000)
  if (Number.isNaN(date.getTime())) return undefined
  const head = date.toISOString().slice(0, HEAD_LENGTH)
  const fraction = String(nanos - seconds * NANOS_A_SECOND).padStart(9, '0')
  return digits === 0 ? `${head}Z` : `${head}.${fraction.slice(0, digits)}Z`
}

/** Undefined for what is no segment of ours. */
export function readHead(text: string): SegmentHead | undefined {
  const value = json(text)
  if (typeof value !== 'object' || value === null) return undefined
  if (!('first' in value) || !('base' in value) || !('times' in value)) return undefined
  const { first, base, times } = value
  if (typeof first !== 'number' || typeof base !== 'string') return undefined
  if (typeof times !== 'object' || times === null) return undefined
  const known = Object.entries(times).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { first, base, times: Object.fromEntries(known) }
}

/** The origin that a line beginning with `#` names. */
export function readOrigin(text: string): [key: string, origin: LineOrigin] | undefined {
  const blank = text.indexOf(' ')
  const value = json(text.slice(blank + 1))
  if (blank < 2 || typeof value !== 'object' || value === null) return undefined
  if (!('source' in value) || !('release' in value) || !('stream' in value)) return undefined
  if (!('instance' in value) || !('digits' in value)) return undefined
  const { source, release, stream, instance, digits } = value
  if (typeof source !== 'string' || typeof digits !== 'number') return undefined
  if (typeof release !== 'number' && release !== null) return undefined
  if (typeof instance !== 'string' && instance !== null) return undefined
  if (stream !== 'stdout' && stream !== 'stderr' && stream !== 'platform') return undefined
  return [text.slice(1, blank), { source, release, stream, instance, digits }]
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Head and origins of a whole segment; undefined where it has no head. */
export function readKeys(content: string): SegmentKeys | undefined {
  const head = readHead(content.slice(0, content.indexOf('\n')))
  if (!head) return undefined
  const origins = new Map<string, LineOrigin>()
  for (let at = content.indexOf('\n#'); at !== -1; at = content.indexOf('\n#', at + 1)) {
    const origin = readOrigin(content.slice(at + 1, content.indexOf('\n', at + 1)))
    if (origin) origins.set(...origin)
  }
  return { head, origins }
}
