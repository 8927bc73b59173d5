/** One instruction as the engine's own parser sees it. */
export interface Instruction {
  /** Of its first line, from 1. */
  line: number
  /** Of the last line that is joined to it; lines of a heredoc come after. */
  lastLine: number
  /** In capitals. */
  keyword: string
  /** `--from=build`, unquoted. */
  flags: string[]
  /** What follows keyword and flags, its lines joined. */
  rest: string
  /** It is followed by lines that are no instructions (`RUN <<EOF`). */
  hasHeredoc: boolean
}

export interface Dialect {
  escape: '\\' | '`'
  /** Older engines take a line that ends with two escape characters as continued, newer ones do not. */
  doubledContinues: boolean
}

const MAX_BYTES = 2 ** 20
const MAX_LINES = 20_000

/**
 * Every way in which an engine may read the text: the directive `# escape=` counts in some places for
 * some engines only. What is allowed must be allowed in all of them.
 */
export function dialectsOf(text: string): Dialect[] {
  const head = text.split('\n', MAX_LINES)
  const comments = head.slice(
    0,
    head.findIndex((line) => !/^\uFEFF?\s*(#|$)/.test(line)) + 1 || head.length,
  )
  const escaped = comments.some((line) => /escape/i.test(line) && line.includes('`'))
  const escapes = escaped ? (['\\', '`'] as const) : (['\\'] as const)
  return escapes.flatMap((escape) =>
    [true, false].map((doubledContinues) => ({ escape, doubledContinues })),
  )
}

/** Throws RangeError for a text that is longer than any Dockerfile. */
export function parseDockerfile(text: string, dialect: Dialect): Instruction[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  if (text.length > MAX_BYTES || lines.length > MAX_LINES)
    throw new RangeError('The Dockerfile is longer than 1 MB or 20,000 lines.')
  const instructions: Instruction[] = []
  for (let at = 0; at < lines.length; at++) {
    let first = at
    let joined = ''
    let continues = true
    for (; continues && at < lines.length; at++) {
      const written = (lines[at] ?? '').replace(/\r$/, '')
      const line = joined === '' ? trimStart(written) : written
      if (trimStart(written).startsWith('#') || (joined !== '' && trim(written) === '')) continue
      if (joined === '') first = at
      const [body, more] = continuation(line, dialect)
      joined += body
      continues = more
    }
    at -= 1
    const instruction = asInstruction(joined, { line: first + 1, lastLine: at + 1 })
    if (!instruction) continue
    const ends = heredocsOf(instruction)
    for (const { end, stripsTabs } of ends) {
      for (at += 1; at < lines.length; at++) {
        const line = (lines[at] ?? '').replace(/\r$/, '')
        if ((stripsTabs ? line.replace(/^\t+/, '') : line) === end) break
      }
    }
    instructions.push({ ...instruction, hasHeredoc: ends.length > 0 })
  }
  return instructions
}

/** Blanks as Go's strings.TrimSpace takes them. */
const BLANKS =
  '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${BLANKS}+`)
const trimStart = (text: string): string => text.replace(LEADING, '')
function trim(text: string): string {
  let end = text.length
  const blank = new RegExp(BLANKS)
  while (end > 0 && blank.test(text[end - 1] ?? '')) end -= 1
  return trimStart(text.slice(0, end))
}

function continuation(line: string, { escape, doubledContinues }: Dialect): [string, boolean] {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1
  if (line[end - 1] !== escape) return [line, false]
  if (line[end - 2] === escape && !doubledContinues) return [line, false]
  return [line.slice(0, end - 1), true]
}

function asInstruction(
  text: string,
  lines: Pick<Instruction, 'line' | 'lastLine'>,
): Omit<Instruction, 'hasHeredoc'> | undefined {
  const whole = trim(text)
  if (whole === '') return undefined
  const [keyword = ''] = whole.split(/[\t\v\f\r ]/, 1)
  const { flags, rest } = takeFlags(trimStart(whole.slice(keyword.length)))
  return { ...lines, keyword: keyword.toUpperCase(), flags, rest }
}

/** Words that begin with `--`, with quotes and backslashes taken away, as the engine does it. */
export function takeFlags(text: string): { flags: string[]; rest: string } {
  const flags: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && /\s|\u0085/.test(text[at] ?? '')) at += 1
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at) }
    let word = ''
    let quote = ''
    for (; at < text.length; at++) {
      const character = text[at] ?? ''
      if (quote === '' && /\s|\u0085/.test(character)) break
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      else if (character === '\\') {
        at += 1
        word += text[at] ?? ''
      } else word += character
    }
    if (word === '--') return { flags, rest: text.slice(at) }
    flags.push(word)
  }
}

const TAKES_HEREDOCS = new Set(['RUN', 'COPY', 'ADD', 'ONBUILD'])

function heredocsOf({
  keyword,
  rest,
}: Omit<Instruction, 'hasHeredoc'>): { end: string; stripsTabs: boolean }[] {
  if (!TAKES_HEREDOCS.has(keyword)) return []
  return [...rest.matchAll(/(?:^|[\s;&|()])\d{0,3}<<(-?)(["']?)([A-Za-z_][\w.-]{0,100})\2/g)].map(
    ([, dash, , end = '']) => ({ end, stripsTabs: dash === '-' }),
  )
}
