import type { ConfigText, TextPlace } from '#ports/config-text.ts'
import type { Document, LineCounter } from 'yaml'

/** Deeper than any file of settings, and as deep as the library goes without running out of stack. */
const MAX_DEPTH = 50
/** So many in a row within one line are levels too: `- - - a`, each with an anchor or a tag perhaps. */
const MAX_COMPACT = 20
const OPENS_LEVEL = /^(?:[-?]$|[&!])/
/** An alias counts for all that it stands for: a file of a kilobyte could be a gigabyte. */
const MAX_ALIASES = 100
const MAX_PROBLEMS = 20
/** Longer ones would be folded, and a command or a value could not be searched for. */
const NO_FOLDING = 0

/** YAML 1.2, with no tags of its own; the library is loaded when it is first needed. */
export const yamlText: ConfigText = {
  async read(text) {
    const tooDeep = { problems: [{ message: 'It is nested too deeply.', line: 1, column: 1 }] }
    if (isTooDeep(text)) return tooDeep
    const { LineCounter, parseDocument } = await import('yaml')
    const lines = new LineCounter()
    const at = (offset: number): TextPlace => placeIn(lines, offset)
    try {
      const document = parseDocument(text, {
        lineCounter: lines,
        prettyErrors: false,
        // The library compares each key with every other: a minute for a list of 30,000.
        uniqueKeys: false,
      })
      const wrong = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS)
      if (wrong.length > 0)
        return { problems: wrong.map(({ message, pos }) => ({ message, ...at(pos[0]) })) }
      const twice = firstTwice(document.contents)
      if (twice !== undefined)
        return { problems: [{ message: `“${twice.key}” is there twice.`, ...at(twice.offset) }] }
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
      return { value, placeOf: (path) => at(offsetOf(document, path)) }
    } catch (error) {
      // Too many aliases, or too deep to be read.
      const message = error instanceof Error ? error.message : String(error)
      return { problems: [{ message, line: 1, column: 1 }] }
    }
  },

  async write(value, head, comments) {
    const { Document: Yaml, isMap, isScalar } = await import('yaml')
    const document = new Yaml(value, { aliasDuplicateObjects: false })
    document.commentBefore = head
    for (const [joined, comment] of comments) {
      const path = joined.split('\n')
      const last = path.pop()
      const holder = path.length === 0 ? document.contents : document.getIn(path, true)
      if (!isMap(holder)) continue
      for (const { key } of holder.items)
        if (isScalar(key) && key.value === last) key.commentBefore = comment
    }
    return document.toString({ lineWidth: NO_FOLDING })
  },
}

/** Before it is parsed: each level costs the library stack, and the square of it in time. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const line of text.split('\n')) {
    if (isCompact(line) || /^ {200}/.test(line)) return true
    for (const letter of line)
      if (letter === '[' || letter === '{') depth += 1
      else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1)
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Word by word: one expression over the line would look at its rest from each place of it. */
function isCompact(line: string): boolean {
  let inARow = 0
  for (const word of line.split(/[ \t]/)) {
    if (word === '') continue
    inARow = OPENS_LEVEL.test(word) ? inARow + 1 : 0
    if (inARow >= MAX_COMPACT) return true
  }
  return false
}

/** The first key that a map has twice. */
function firstTwice(node: unknown): { key: string; offset: number } | undefined {
  if (!(typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)))
    return undefined
  const seen = new Set<string>()
  const items: unknown[] = node.items
  for (const item of items) {
    const inner = isPair(item) ? item.value : item
    if (isPair(item)) {
      const key = keyOf(item.key)
      if (seen.has(key)) return { key, offset: startOf(item.key) ?? 0 }
      seen.add(key)
    }
    const found = firstTwice(inner)
    if (found) return found
  }
  return undefined
}

function placeIn(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

const keyOf = (key: unknown): string =>
  typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key)

/** Where the key at the end of the path begins; of an item of a list, where it begins. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const part of path) {
    if (!(typeof node === 'object' && node !== null && 'items' in node)) break
    if (!Array.isArray(node.items)) break
    const items: unknown[] = node.items
    const pair = items.find(
      (item, at) =>
        (isPair(item) && keyOf(item.key) === String(part)) || (!isPair(item) && at === part),
    )
    if (pair === undefined) break
    offset = startOf(isPair(pair) ? pair.key : pair) ?? offset
    node = isPair(pair) ? pair.value : pair
  }
  return offset
}

const isPair = (item: unknown): item is { key: unknown; value: unknown } =>
  typeof item === 'object' && item !== null && 'key' in item && 'value' in item

const startOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined
