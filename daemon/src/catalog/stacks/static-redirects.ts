import { encodedTarget, nginxPart } from './nginx-text.ts'
import { type PathPattern, parsePathPattern } from './static-pattern.ts'

/** What a rule does, with its target as an argument of nginx without the quotes. */
export type Rule = { pattern: PathPattern; forced: boolean } & (
  | { kind: 'redirect'; status: number; target: string }
  | { kind: 'rewrite'; target: string }
  | { kind: 'missing'; status: number; target: string }
)

export interface Redirects {
  rules: Rule[]
  /** Lines that are not honoured, and why, for people. */
  leftOut: string[]
}

const MAX_RULES = 1_000
const MAX_TARGET_LENGTH = 1_500
const REDIRECTS = [301, 302, 303, 307, 308]
const MISSING = [404, 410]

/**
 * Reads a `_redirects` file as Netlify writes it: from, to, and a status that `!` makes stronger than
 * a file that is there. What is not understood is left out and told, as it is there.
 */
export function parseRedirects(text: string): Redirects {
  const rules: Rule[] = []
  const leftOut: string[] = []
  for (const [at, line] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const words = wordsOf(line)
    if (words.length === 0) continue
    const rule = rules.length < MAX_RULES ? parseRule(words) : `is more than ${MAX_RULES} rules`
    if (typeof rule === 'string') leftOut.push(`line ${at + 1} ${rule}`)
    else rules.push(rule)
  }
  return { rules, leftOut }
}

/** At most a few: a longer line is no rule. */
const wordsOf = (line: string): string[] => {
  const words = line.split(/[ \t]+/).filter((word) => word !== '')
  const comment = words.findIndex((word) => word.startsWith('#'))
  return comment === -1 ? words : words.slice(0, comment)
}

function parseRule([from = '', ...rest]: readonly string[]): Rule | string {
  if (/^https?:\/\//i.test(from)) return 'is for another domain: add the domain to an app instead'
  const pattern = parsePathPattern(from)
  if (typeof pattern === 'string') return pattern
  const [target = '', written = '301', ...conditions] = rest
  if (/^[^/:]+=/.test(target)) return 'looks at query parameters, which is not supported'
  if (target === '') return 'has no target'
  const status = Number(/^(\d{3})!?$/.exec(written)?.[1])
  if (conditions.length > 0 || Number.isNaN(status))
    return 'says more than from, to and status (conditions such as a country are not supported)'
  const action = actionOf(status, target, pattern)
  if (typeof action === 'string') return action
  return { pattern, forced: written.endsWith('!'), ...action }
}

function actionOf(status: number, written: string, pattern: PathPattern) {
  if (written.length > MAX_TARGET_LENGTH)
    return `has a target of more than ${MAX_TARGET_LENGTH} characters`
  if (/\p{Cc}/u.test(written)) return 'has a control character in its target'
  if (REDIRECTS.includes(status)) {
    if (!isAddress(written)) return 'has a target that is neither a path nor an http address'
    if (isItself(written, pattern)) return 'leads to itself'
    return { kind: 'redirect' as const, status, target: redirectTarget(written, pattern) }
  }
  if (status !== 200 && !MISSING.includes(status))
    return `has a status ${status} that no rule can have`
  if (/^https?:\/\//i.test(written))
    return 'fetches another server, which is not supported: static sites are served by themselves'
  const target = fileTarget(written, pattern)
  if (target === undefined) return 'has a target that is no path of a file'
  return status === 200
    ? { kind: 'rewrite' as const, target }
    : { kind: 'missing' as const, status, target }
}

/** No `//host` and no placeholder before the path: nobody but the author chooses where it leads. */
const isAddress = (target: string): boolean =>
  /^\/(?![/\\])/.test(target) || /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#]|$)/i.test(target)

/** It would send the browser round in circles. */
function isItself(target: string, { written }: PathPattern): boolean {
  const bare = (path: string): string => path.replace(/[?#].*/, '').replace(/(?<=.)\/$/, '')
  return bare(target.replace(/:splat$/, '*')) === bare(written)
}

/** The visitor's query goes with it where the target has none of its own. */
function redirectTarget(written: string, pattern: PathPattern): string {
  const [, base = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(written) ?? []
  const query = base.includes('?') ? '' : '$is_args$args'
  const fill = (text: string): string =>
    fillIn(text, pattern, (part) => nginxPart(encodedTarget(part)))
  return `${fill(base)}${query}${fill(fragment)}`
}

/** A path below the root that is not hidden; undefined for another. */
function fileTarget(written: string, pattern: PathPattern): string | undefined {
  const path = safeDecode(written.replace(/[?#].*/, ''))
  if (path === undefined || !path.startsWith('/') || /\p{Cc}/u.test(path)) return undefined
  if (/\/\.(?!well-known(?:\/|$))/.test(path)) return undefined
  return fillIn(path.replace(/(?<=.)\/+$/, ''), pattern, nginxPart)
}

const fillIn = (text: string, { names }: PathPattern, literal: (text: string) => string): string =>
  text
    .split(/:([A-Za-z_]\w*)/)
    .map((part, at) => {
      if (at % 2 === 0) return literal(part)
      const index = names.indexOf(part)
      return index === -1 ? literal(`:${part}`) : `$${index + 1}`
    })
    .join('')

function safeDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
