import { EnvKey, EnvValue } from '@vastrox/shared/env.ts'
import { t } from '#lib/words.ts'

export interface EnvEntry {
  key: string
  value: string
  line: number
}

export interface EnvFile {
  entries: EnvEntry[]
  problems: { line: number; message: string }[]
}

const ASSIGNMENT = /^\s*(?:export\s+)?([^\s=]+)\s*=[ \t]*/

/**
 * Reads the text of a .env file for a preview: `KEY=value`, `export`, comments, single quotes (as
 * they are), double quotes (with \n, \t, \", \\ and \$) and values over several lines. Nothing is
 * interpolated: a `$` stays a `$`. A key that comes twice keeps its last value.
 */
export function parseEnvFile(text: string): EnvFile {
  const entries = new Map<string, EnvEntry>()
  const problems: EnvFile['problems'] = []
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  let at = 0
  let line = 1

  while (at < source.length) {
    const end = endOfLine(source, at)
    const head = source.slice(at, end)
    const startLine = line
    const assignment = ASSIGNMENT.exec(head)
    if (/^\s*(#|$)/.test(head) || !assignment) {
      if (!/^\s*(#|$)/.test(head)) problems.push({ line, message: t('This is not KEY=value.') })
      at = end + 1
      line += 1
      continue
    }

    const read = readValue(source, at + assignment[0].length, end)
    line += countNewlines(source.slice(at, read.end)) + 1
    at = read.end + 1
    const key = assignment[1] ?? ''
    const problem = read.problem ?? problemOf(key, read.value)
    if (problem !== undefined) problems.push({ line: startLine, message: problem })
    else entries.set(key, { key, value: read.value, line: startLine })
  }
  return { entries: [...entries.values()], problems }
}

interface ReadValue {
  value: string
  end: number
  problem?: string
}

function readValue(source: string, start: number, lineEnd: number): ReadValue {
  const quote = source[start]
  if (quote !== '"' && quote !== "'" && quote !== '`') {
    const raw = source.slice(start, lineEnd)
    return { value: raw.replace(/(^|\s)#.*$/, '').trim(), end: lineEnd }
  }
  const close = closingQuote(source, start, quote)
  if (close === -1) return { value: '', end: lineEnd, problem: t('A quote is not closed.') }
  const inner = source.slice(start + 1, close)
  const end = endOfLine(source, close)
  const value = quote === '"' ? unescape(inner) : inner
  return /^[ \t]*(#.*)?$/.test(source.slice(close + 1, end))
    ? { value, end }
    : { value, end, problem: t('There is something behind the closing quote.') }
}

function closingQuote(source: string, start: number, quote: string): number {
  for (let i = start + 1; i < source.length; i += 1) {
    if (source[i] === '\\' && quote === '"') i += 1
    else if (source[i] === quote) return i
  }
  return -1
}

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' }
const unescape = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, char: string) => ESCAPED[char] ?? whole)

const endOfLine = (source: string, from: number): number => {
  const at = source.indexOf('\n', from)
  return at === -1 ? source.length : at
}

const countNewlines = (text: string): number => text.split('\n').length - 1

const problemOf = (key: string, value: string): string | undefined =>
  EnvKey.safeParse(key).error?.issues[0]?.message ??
  EnvValue.safeParse(value).error?.issues[0]?.message
