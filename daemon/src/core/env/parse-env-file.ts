import { CodedError } from '@vastrox/shared/errors.ts'

export interface EnvFile {
  variables: Record<string, string>
  /** One line for people each: what was odd but could be read. */
  warnings: string[]
}

/**
 * Reads the text of a .env file: `KEY=value`, an `export ` in front, comments, single, double and
 * back quotes over several lines, escapes in double quotes. Nothing is interpolated: `$` is a
 * character. The last of duplicates counts. Throws ENV_FILE_INVALID with the line.
 */
export function parseEnvFile(text: string): EnvFile {
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const variables = new Map<string, string>()
  const repeated = new Set<string>()
  let at = 0

  const lineOf = (place: number): number => source.slice(0, place).split('\n').length
  const refuse = (place: number, why: string): never => {
    const line = lineOf(place)
    throw new CodedError('ENV_FILE_INVALID', {
      line,
      reason: `Line ${line} of the .env text: ${why}.`,
    })
  }

  while (at < source.length) {
    const lineEnd = endOfLine(source, at)
    const line = source.slice(at, lineEnd)
    if (/^\s*(#.*)?$/.test(line)) {
      at = lineEnd + 1
      continue
    }
    const head = ASSIGNMENT.exec(line)
    const key = head?.[1]
    if (head === null || key === undefined)
      return refuse(at, line.includes('=') ? 'the name cannot be used' : 'there is no = in it')
    if (variables.has(key)) repeated.add(key)

    const valueAt = at + head[0].length
    const quote = source[valueAt]
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      variables.set(key, bareValue(source.slice(valueAt, lineEnd)))
      at = lineEnd + 1
      continue
    }
    const close = closingQuote(source, valueAt, quote)
    if (close === undefined) return refuse(at, `the quote behind ${key}= is never closed`)
    const afterEnd = endOfLine(source, close)
    if (!/^[ \t]*(#.*)?$/.test(source.slice(close + 1, afterEnd)))
      return refuse(close, `there is something behind the closing quote of ${key}`)
    const inside = source.slice(valueAt + 1, close)
    variables.set(key, quote === '"' ? unescape(inside) : inside)
    at = afterEnd + 1
  }
  return { variables: Object.fromEntries(variables), warnings: warningsOf([...repeated]) }
}

const MAX_WARNINGS = 100

function warningsOf(repeated: readonly string[]): string[] {
  const said = repeated
    .slice(0, MAX_WARNINGS)
    .map((key) => `${key} is there more than once; the last one counts.`)
  const more = repeated.length - said.length
  return more > 0 ? [...said, `So are ${more} more.`] : said
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{0,127})[ \t]*=[ \t]*/

const endOfLine = (source: string, from: number): number => {
  const at = source.indexOf('\n', from)
  return at === -1 ? source.length : at
}

/** Up to a comment, which needs a space in front where it is not at the beginning. */
function bareValue(text: string): string {
  let at = text.indexOf('#')
  while (at > 0 && text[at - 1] !== ' ' && text[at - 1] !== '\t') at = text.indexOf('#', at + 1)
  return (at === -1 ? text : text.slice(0, at)).trim()
}

function closingQuote(source: string, open: number, quote: string): number | undefined {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === '\\' && quote === '"') at++
    else if (source[at] === quote) return at
  }
  return undefined
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' }

const unescape = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => ESCAPES[escaped] ?? whole)
