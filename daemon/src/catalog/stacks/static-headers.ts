import { type PathPattern, parsePathPattern } from './static-pattern.ts'
import { nginxLiteral } from './nginx-text.ts'

export interface HeaderRule {
  /** A regular expression over the path as it is asked for. */
  expression: string
  /** Name in lower case → the name as it is written, and its value. */
  headers: Map<string, { name: string; value: string }>
}

export interface Headers {
  rules: HeaderRule[]
  leftOut: string[]
}

const MAX_RULES = 200
const MAX_NAMES = 50
const MAX_VALUE_LENGTH = 3_000

/** They say how a message is sent, not what it is: they are the server's. */
const SERVERS_OWN = new Set(
  'accept-ranges age allow alt-svc connection content-encoding content-length content-range date etag keep-alive last-modified server set-cookie te trailer transfer-encoding upgrade vary'.split(
    ' ',
  ),
)

/**
 * Reads a `_headers` file as Netlify writes it: a path, and below it, indented, `Name: value`. Lines
 * of one name below one path are joined by commas; where several paths match, the last one counts.
 */
export function parseHeaders(text: string): Headers {
  const rules: HeaderRule[] = []
  const leftOut: string[] = []
  const names = new Set<string>()
  let rule: HeaderRule | undefined
  for (const [at, line] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const leave = (why: string): void => {
      leftOut.push(`line ${at + 1} ${why}`)
    }
    if (trimmed.startsWith('/')) {
      rule = undefined
      const expression = expressionOf(trimmed)
      if (typeof expression !== 'string') leave(expression.why)
      else if (rules.length >= MAX_RULES) leave(`is more than ${MAX_RULES} paths`)
      else {
        rule = { expression, headers: new Map() }
        rules.push(rule)
      }
      continue
    }
    const why = rule ? addHeader(rule, trimmed, names) : 'stands below no path'
    if (why !== undefined) leave(why)
  }
  return { rules: rules.filter(({ headers }) => headers.size > 0), leftOut }
}

/** `*` may stand anywhere here: /*.js. */
function expressionOf(path: string): string | { why: string } {
  const parts = path.split('*')
  if (parts.length > 4) return { why: 'has more than three * in its path' }
  if (parts.length > 2 || (parts.length === 2 && parts[1] !== ''))
    return /\p{Cc}/u.test(path) || path.length > 1_000
      ? { why: 'has a path that cannot be read' }
      : `(?s)^${parts.map(nginxLiteral).join('.*')}$`
  const pattern: PathPattern | string = parsePathPattern(path)
  return typeof pattern === 'string' ? { why: pattern } : pattern.decoded
}

function addHeader(rule: HeaderRule, line: string, names: Set<string>): string | undefined {
  const [, name = '', value = ''] = /^([A-Za-z0-9_-]{1,100}):[ \t]*(.*)$/.exec(line) ?? []
  const key = name.toLowerCase()
  if (name === '') return 'is not `Name: value`'
  if (key === 'basic-auth') return 'asks for a password, which a static site cannot'
  if (SERVERS_OWN.has(key)) return `sets ${name}, which belongs to the server`
  if (/\p{Cc}/u.test(value)) return 'has a control character in its value'
  if (value.length > MAX_VALUE_LENGTH) return `has more than ${MAX_VALUE_LENGTH} characters`
  if (!names.has(key) && names.size >= MAX_NAMES) return `is more than ${MAX_NAMES} different names`
  names.add(key)
  const before = rule.headers.get(key)
  rule.headers.set(
    key,
    before ? { ...before, value: `${before.value}, ${value}` } : { name, value },
  )
  return undefined
}
