import type { LogFilter, LogLevel, LogLine } from '@vastrox/shared/log.ts'
import { type LinearPattern, linearPattern } from '#lib/linear-pattern.ts'
import { refuse } from '#lib/linear-pattern-parse.ts'
import { fieldOf, isAtLeast, jsonOf, levelOf } from '#lib/log-level.ts'

/**
 * Where lines that a filter lets through may be, in a text of many lines; what it names has to be
 * looked at closer. Its patterns are ours, and take a time that grows with the text alone.
 */
export type Hint =
  | { kind: 'everywhere' }
  /** Each of the texts stands in every line that is meant. */
  | { kind: 'literals'; texts: readonly string[]; pattern: LinearPattern }
  | { kind: 'pattern'; pattern: RegExp }
  | { kind: 'line'; pattern: LinearPattern }

export interface LogMatcher {
  matches: (line: LogLine) => boolean
  /** What all lines of one origin have in common. */
  matchesOrigin: (origin: Pick<LogLine, 'source' | 'release' | 'stream'>) => boolean
  hint: Hint
}

/** Throws LOG_FILTER_INVALID, with the reason in words. */
export function logMatcher(filter: LogFilter): LogMatcher {
  const { text, regex, level, stream, release, from, to } = filter
  if (text !== undefined && regex !== undefined)
    throw refuse('either a text or an expression can be looked for')
  const sources = filter.source?.split(',')
  const wanted = text === undefined ? undefined : new RegExp(literal(text), 'i')
  const pattern = regex === undefined ? undefined : linearPattern(regex)
  const fields = filter.fields === undefined ? [] : fieldsOf(filter.fields)
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from)
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to)

  const matchesOrigin: LogMatcher['matchesOrigin'] = (origin) =>
    (stream === undefined || origin.stream === stream) &&
    (release === undefined || origin.release === release) &&
    (sources === undefined || sources.some((source) => isFrom(origin.source, source)))

  return {
    matchesOrigin,
    hint: hintOf({ text, pattern, level, fields }),
    matches(line) {
      if (!matchesOrigin(line)) return false
      const ms = Date.parse(line.at)
      if (ms < fromMs || ms > toMs) return false
      if (wanted && !wanted.test(line.text)) return false
      if (pattern && !pattern.test(line.text)) return false
      if (level !== undefined && !isAtLeast(levelOf(line.text), level)) return false
      if (fields.length === 0) return true
      const json = jsonOf(line.text)
      return (
        json !== undefined && fields.every(([path, value]) => isEqual(fieldOf(json, path), value))
      )
    },
  }
}

/** `web` names all of its instances, `web.1` one. */
const isFrom = (source: string, wanted: string): boolean =>
  source === wanted || source.startsWith(`${wanted}.`)

const isEqual = (value: unknown, wanted: string): boolean =>
  typeof value === 'string' ? value === wanted : isPlain(value) && JSON.stringify(value) === wanted

const isPlain = (value: unknown): boolean =>
  value === null || typeof value === 'number' || typeof value === 'boolean'

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** `status=500,user.id=7` */
export function fieldsOf(text: string): [path: string, value: string][] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=')
    const path = part.slice(0, equals).trim()
    if (equals <= 0 || path === '')
      throw refuse(`"${part}" names no field: write status=500, or user.id=7`)
    return [path, part.slice(equals + 1).trim()]
  })
}

interface Asked {
  text: string | undefined
  pattern: LinearPattern | undefined
  level: LogLevel | undefined
  fields: readonly [path: string, value: string][]
}

const SHORTEST_LITERAL = 3

/** What finds fewest lines goes first. */
function hintOf({ text, pattern, level, fields }: Asked): Hint {
  if (text !== undefined) return { kind: 'pattern', pattern: new RegExp(literal(text), 'gi') }
  const texts = pattern?.literals.filter(({ length }) => length >= SHORTEST_LITERAL) ?? []
  if (pattern && texts.length > 0) return { kind: 'literals', texts, pattern }
  const [path, value] = fields.find(([, each]) => /^[\w.:@-]+$/.test(each)) ?? []
  const key = path?.split('.').at(-1) ?? ''
  if (value !== undefined && /^[a-z_][\w-]*$/i.test(key))
    return { kind: 'pattern', pattern: new RegExp(`${key}"\\s*:\\s*"?${literal(value)}`, 'g') }
  const worse = level === undefined ? undefined : WORSE[level]
  if (worse !== undefined) return { kind: 'pattern', pattern: new RegExp(worse, 'gi') }
  return pattern ? { kind: 'line', pattern } : { kind: 'everywhere' }
}

const BAD = 'err|severe|crit|fatal|alert|emerg|panic'
/** Every line of the level and worse has one of these in it. */
const WORSE: Partial<Record<LogLevel, string>> = {
  error: `${BAD}|(?:level|severity|lvl)"\\s*:\\s*"?(?:[5-9]\\d|[0-3]\\b|\\d{3})`,
  warning: `warn|${BAD}|(?:level|severity|lvl)"\\s*:\\s*"?(?:[4-9]\\d|[0-4]\\b|\\d{3})`,
}
