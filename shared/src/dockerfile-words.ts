/** Stands for what cannot be known here; it matches nothing that is allowed. */
export const UNKNOWN = '\uE000'

/**
 * A word with its quotes taken away and its variables replaced, as the engine does it; undefined for
 * what is not understood, which is then not allowed. `lookUp` gives undefined for a variable that is
 * not set, and UNKNOWN for one whose value only the build knows.
 */
export function expandWord(
  word: string,
  lookUp: (name: string) => string | undefined,
  escape = '\\',
): string | undefined {
  let out = ''
  let quote = ''
  for (let at = 0; at < word.length; at++) {
    const character = word[at] ?? ''
    if (quote === "'") {
      if (character === "'") quote = ''
      else out += character
    } else if (character === escape) {
      const next = word[at + 1] ?? ''
      if (quote === '"' && next !== '"' && next !== '$' && next !== escape) out += escape
      out += next
      at += 1
    } else if (character === '"') quote = quote === '"' ? '' : '"'
    else if (character === "'" && quote === '') quote = "'"
    else if (character === '$') {
      const found = variableAt(word, at + 1, lookUp, escape)
      if (!found) return undefined
      out += found.value
      at = found.end - 1
    } else out += character
  }
  return quote === '' ? out : undefined
}

const NAME = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/

function variableAt(
  word: string,
  at: number,
  lookUp: (name: string) => string | undefined,
  escape: string,
): { value: string; end: number } | undefined {
  if (word[at] !== '{') {
    const name = NAME.exec(word.slice(at, at + 200))?.[0]
    if (name === undefined) return { value: '$', end: at }
    return { value: lookUp(name) ?? '', end: at + name.length }
  }
  const end = closing(word, at)
  if (end === undefined) return undefined
  const inside = word.slice(at + 1, end)
  const name = NAME.exec(inside)?.[0] ?? ''
  const value = lookUp(name)
  const [, operator, other = ''] = /^(:?[-+?])(.*)$/s.exec(inside.slice(name.length)) ?? []
  if (name === '' || (operator === undefined && inside !== name)) return undefined
  if (operator === undefined) return { value: value ?? '', end: end + 1 }
  const isThere = value !== undefined && (!operator.startsWith(':') || value !== '')
  const replaced = operator.endsWith('+') ? isThere : !isThere
  if (operator.endsWith('?')) return isThere ? { value, end: end + 1 } : undefined
  if (value?.includes(UNKNOWN)) return { value: UNKNOWN, end: end + 1 }
  if (!replaced) return { value: operator.endsWith('+') ? '' : (value ?? ''), end: end + 1 }
  const expanded = expandWord(other, lookUp, escape)
  return expanded === undefined ? undefined : { value: expanded, end: end + 1 }
}

function closing(word: string, open: number): number | undefined {
  let depth = 0
  for (let at = open; at < word.length; at++) {
    if (word[at] === '{') depth += 1
    if (word[at] === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return undefined
}

/** Words at blanks outside of quotes, quotes kept. */
export function splitWords(text: string, escape = '\\'): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === escape && quote !== "'") {
      word += character + (text[at + 1] ?? '')
      at += 1
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word)
      word = ''
    } else {
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      word += character
    }
  }
  if (word !== '') words.push(word)
  return words
}

/** `type=bind,"from=build",target=/x` as Go's reader of comma-separated values takes it. */
export function splitCsv(text: string): string[] {
  const fields: string[] = []
  let field = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (isQuoted && character === '"' && text[at + 1] === '"') {
      field += '"'
      at += 1
    } else if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) {
      fields.push(field)
      field = ''
    } else field += character
  }
  fields.push(field)
  return fields
}

/** The words of `["a", "b"]`; undefined for anything else. */
export function jsonWords(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
