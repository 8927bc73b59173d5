import { encodedPath, nginxLiteral } from './nginx-text.ts'

/** nginx knows $1 to $9. */
const MAX_PLACEHOLDERS = 9
const MAX_LENGTH = 1_000

/** A path of `_redirects` or `_headers`, with `:name` for a part and `*` for the rest. */
export interface PathPattern {
  written: string
  /** For the path as it is asked for, with %XX. */
  encoded: string
  /** For the path as the file system has it. */
  decoded: string
  /** In the order of their captures; `splat` for the `*`. */
  names: string[]
}

/** Returns why it cannot be used, in words that go on after "line 3". */
export function parsePathPattern(written: string): PathPattern | string {
  if (!written.startsWith('/')) return 'does not begin with a path'
  if (written.length > MAX_LENGTH) return `has a path of more than ${MAX_LENGTH} characters`
  const path = decode(written)
  if (path === undefined || /\p{Cc}/u.test(path)) return 'has a path that cannot be read'
  const isSplat = path.endsWith('*')
  const body = path.replace(/\*$/, '')
  if (body.includes('*')) return 'has a * that is not the end of the path'
  const names: string[] = []
  const expression = (encode: (text: string) => string): string =>
    body
      .replace(/\/+$/, '')
      .split(/(?<=\/):([A-Za-z_]\w*)(?=\/|$)/)
      .map((part, at) => (at % 2 === 1 ? '([^/]+)' : nginxLiteral(encode(part))))
      .join('')
  for (const [, name = ''] of body.matchAll(/\/:([A-Za-z_]\w*)(?=\/|$)/g)) names.push(name)
  if (isSplat) names.push('splat')
  if (names.length > MAX_PLACEHOLDERS) return `has more than ${MAX_PLACEHOLDERS} placeholders`
  if (new Set(names).size < names.length) return 'has two placeholders of one name'
  // A rule for /about is one for /about/ too, and one for /news/* for /news.
  const end = !isSplat ? '/?' : body.endsWith('/') ? '(?:/(.*))?' : '(.*)'
  // A path may have line feeds in it, which a dot does not match otherwise.
  const whole = (encode: (text: string) => string): string => `(?s)^${expression(encode)}${end}$`
  return { written, encoded: whole(encodedPath), decoded: whole((text) => text), names }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
