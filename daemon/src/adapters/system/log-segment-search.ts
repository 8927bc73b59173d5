import { countLines } from '#adapters/system/log-segment-facts.ts'
import { readKeys, readLine, type SegmentKeys } from '#adapters/system/log-segment-text.ts'
import type { LinearPattern } from '#lib/linear-pattern.ts'
import type { PatternWindow } from '#lib/pattern-window.ts'
import type { Hint, LogMatcher } from '#lib/log-match.ts'
import type { NumberedLine } from '#ports/log-archive.ts'

export interface SegmentSearch {
  /** Only lines before this number, and behind that one. */
  before: number
  after: number
  /** The newest so many, or else the oldest. */
  wantsNewest: boolean
  limit: number
}

const HASH = 35
const NEWLINE = 10
const BLANK = 32
/** So much of a segment shows how often a text is in it. */
const SAMPLE_CHARACTERS = 65_536
/** A text that is so seldom in the sample is found quickest by itself. */
const RARE = 16
/** What looks at so few characters is quicker than a step for each of them. */
const CHEAP = 0.35

/** What is found in one segment, oldest first. */
export function searchSegment(
  content: Buffer,
  matcher: LogMatcher,
  { before, after, wantsNewest, limit }: SegmentSearch,
): NumberedLine[] {
  const text = content.toString()
  const keys = readKeys(text)
  if (!keys || ![...keys.origins.values()].some(matcher.matchesOrigin)) return []
  const isAscii = text.length === content.length
  const found: NumberedLine[] = []
  const candidate = finderOf(matcher.hint, text, isAscii ? content : undefined)
  let counted = text.indexOf('\n') + 1
  let { first: number } = keys.head
  for (let at = candidate(counted); at !== -1; ) {
    const begin = text.lastIndexOf('\n', at - 1) + 1
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    number += isAscii ? countLines(content, counted, begin) : countLinesOf(text, counted, begin)
    counted = begin
    if (number >= before) break
    if (number > after && text.charCodeAt(begin) !== HASH) {
      const line = lineAt(text, begin, end, keys)
      if (line && matcher.matches(line)) {
        found.push({ number, line })
        if (!wantsNewest && found.length >= limit) break
        // Those that are wanted are the last: it is enough to keep so many.
        if (wantsNewest && found.length > 2 * limit) found.splice(0, found.length - limit)
      }
    }
    if (end + 1 >= text.length) break
    at = candidate(end + 1)
  }
  return wantsNewest ? found.slice(-limit) : found
}

const lineAt = (text: string, begin: number, end: number, keys: SegmentKeys) =>
  readLine(text.slice(begin, end), keys)?.line

/** From a place in the text to the next one where a line may be meant; -1 when there is none. */
function finderOf(hint: Hint, text: string, bytes: Buffer | undefined) {
  const passes = (pattern: LinearPattern, from: number, to: number): boolean =>
    bytes ? pattern.testBytes(bytes, from, to) : pattern.test(text, from, to)
  if (hint.kind === 'everywhere') return (from: number) => (from < text.length ? from : -1)
  if (hint.kind === 'pattern')
    return (from: number): number => {
      hint.pattern.lastIndex = from
      return hint.pattern.exec(text)?.index ?? -1
    }
  const rarest = hint.kind === 'literals' ? rarestOf(hint.texts, text) : undefined
  const { window } = hint.pattern
  const isRare = rarest !== undefined && rarest.count <= RARE
  if (bytes && window && !isRare && window.costIn(bytes.subarray(0, SAMPLE_CHARACTERS)) < CHEAP)
    return windowFinder(window, hint.pattern, bytes)
  if (rarest) {
    const { text: wanted } = rarest
    return (from: number): number => {
      for (let at = text.indexOf(wanted, from); at !== -1; ) {
        const newline = text.indexOf('\n', at)
        const end = newline === -1 ? text.length : newline
        const begin = textBehind(text, text.lastIndexOf('\n', at) + 1)
        if (passes(hint.pattern, begin, end)) return at
        at = text.indexOf(wanted, end)
      }
      return -1
    }
  }
  return (from: number): number => {
    for (let at = from; at < text.length; ) {
      const newline = text.indexOf('\n', at)
      const end = newline === -1 ? text.length : newline
      if (passes(hint.pattern, textBehind(text, at), end)) return at
      at = end + 1
    }
    return -1
  }
}

/** By what has to be in a line that is meant, wherever in the line that is. */
const windowFinder =
  (window: PatternWindow, pattern: LinearPattern, bytes: Buffer) =>
  (from: number): number => {
    for (let at = window.indexIn(bytes, from); at !== -1; ) {
      const newline = bytes.indexOf(NEWLINE, at)
      const end = newline === -1 ? bytes.length : newline
      const line = bytes.lastIndexOf(NEWLINE, at) + 1
      const begin = bytes.indexOf(BLANK, bytes.indexOf(BLANK, line) + 1) + 1
      if (pattern.testBytes(bytes, begin, end)) return at
      at = window.indexIn(bytes, end + 1)
    }
    return -1
  }

/** Of texts that all have to be there, the one that leads to the fewest lines: some are in every line. */
function rarestOf(texts: readonly string[], text: string) {
  const sample = text.slice(0, SAMPLE_CHARACTERS)
  const counted = texts.map((each) => ({ text: each, count: sample.split(each).length - 1 }))
  return counted.toSorted((a, b) => a.count - b.count || b.text.length - a.text.length)[0]
}

/** Where what was printed begins, behind time and key. */
const textBehind = (text: string, begin: number): number =>
  text.indexOf(' ', text.indexOf(' ', begin) + 1) + 1

/** Where bytes and characters are not the same. */
function countLinesOf(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; ) {
    if (text.charCodeAt(at) !== HASH) count += 1
    const end = text.indexOf('\n', at)
    if (end === -1 || end >= to) break
    at = end + 1
  }
  return count
}
