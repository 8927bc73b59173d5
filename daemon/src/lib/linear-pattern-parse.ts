import { CodedError } from '@vastrox/shared/errors.ts'

/** Code units from … to, both in it; in order, apart from each other. */
export type Ranges = readonly (readonly [from: number, to: number])[]

export type PatternNode =
  | { kind: 'set'; set: Ranges }
  | { kind: 'all'; parts: readonly PatternNode[] }
  | { kind: 'any'; parts: readonly PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; min: number; max: number }
  | { kind: 'at'; place: Place }

/** Begin and end of a line, the border of a word, and anywhere else. */
export type Place = '^' | '$' | 'b' | 'B'

const LAST = 0xffff
const MAX_REPEAT = 1_000
const DIGITS: Ranges = [[48, 57]]
const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const SPACE: Ranges = [
  [9, 13],
  [32, 32],
  [160, 160],
]
const CLASSES: Readonly<Record<string, Ranges>> = { d: DIGITS, w: WORD, s: SPACE }
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }

export const refuse = (reason: string): CodedError =>
  new CodedError('LOG_FILTER_INVALID', { reason })

export const isWord = (code: number): boolean =>
  WORD.some(([from, to]) => code >= from && code <= to)

/**
 * An expression's tree. What it understands is what can be looked for in one pass: no references to
 * what a group has matched, and no looking ahead or back.
 */
export function parsePattern(source: string): PatternNode {
  const ignoresCase = source.startsWith('(?i)')
  const text = ignoresCase ? source.slice(4) : source
  let at = 0

  const fold = (set: Ranges): PatternNode => ({
    kind: 'set',
    set: ignoresCase ? bothCases(set) : set,
  })

  function alternatives(depth: number): PatternNode {
    if (depth > 50) throw refuse('groups are nested too deep')
    const parts = [sequence(depth)]
    while (text[at] === '|') {
      at += 1
      parts.push(sequence(depth))
    }
    return { kind: 'any', parts }
  }

  function sequence(depth: number): PatternNode {
    const parts: PatternNode[] = []
    while (at < text.length && text[at] !== '|' && text[at] !== ')') parts.push(repeated(depth))
    return { kind: 'all', parts }
  }

  function repeated(depth: number): PatternNode {
    let part = atom(depth)
    for (;;) {
      const times = timesAt(text, at)
      if (!times) return part
      if (times.max < times.min) throw refuse('the numbers of a repetition are out of order')
      if (times.min > MAX_REPEAT || (times.max > MAX_REPEAT && Number.isFinite(times.max)))
        throw refuse(`at most ${MAX_REPEAT} repetitions can be asked for`)
      at = times.end
      // Whether as few or as many as possible makes no difference to whether a line is meant.
      if (text[at] === '?') at += 1
      part = { kind: 'repeat', part, min: times.min, max: times.max }
    }
  }

  function atom(depth: number): PatternNode {
    const character = text[at] ?? ''
    at += 1
    if (character === '(') return group(depth)
    if (character === '[') return fold(bracket())
    if (character === '.') return { kind: 'set', set: [[0, LAST]] }
    if (character === '^' || character === '$') return { kind: 'at', place: character }
    if (character === '\\') return escape()
    if ('*+?'.includes(character)) throw refuse(`there is nothing before ${character} to repeat`)
    return fold([[character.charCodeAt(0), character.charCodeAt(0)]])
  }

  function group(depth: number): PatternNode {
    if (text[at] === '?') {
      if (text[at + 1] !== ':')
        throw refuse('looking ahead or back, and named groups, are not possible')
      at += 2
    }
    const inside = alternatives(depth + 1)
    if (text[at] !== ')') throw refuse('a bracket is not closed: ( needs a )')
    at += 1
    return inside
  }

  function escape(): PatternNode {
    const letter = text[at] ?? ''
    if (letter === 'b' || letter === 'B') {
      at += 1
      return { kind: 'at', place: letter }
    }
    if (/[1-9k]/.test(letter)) throw refuse('references to groups are not possible')
    return fold(escaped())
  }

  /** Behind a backslash, inside of brackets or not. */
  function escaped(): Ranges {
    const letter = text[at] ?? ''
    if (letter === '') throw refuse('there is nothing behind the last backslash')
    at += 1
    const known = CLASSES[letter.toLowerCase()]
    if (known) return letter === letter.toLowerCase() ? known : without(known)
    const control = CONTROLS[letter]
    if (control !== undefined) return [[control, control]]
    const code = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(text.slice(at - 1))
    if (code) {
      at += code[0].length - 1
      const value = Number.parseInt(code[1] ?? code[2] ?? '', 16)
      return [[value, value]]
    }
    if (/[a-z]/i.test(letter)) throw refuse(`\\${letter} is not known`)
    return [[letter.charCodeAt(0), letter.charCodeAt(0)]]
  }

  function bracket(): Ranges {
    const isWithout = text[at] === '^'
    if (isWithout) at += 1
    const ranges: [number, number][] = []
    let isFirst = true
    while (text[at] !== ']' || isFirst) {
      if (at >= text.length) throw refuse('a bracket is not closed: [ needs a ]')
      isFirst = false
      const from = member()
      const [only] = from
      if (
        text[at] === '-' &&
        text[at + 1] !== ']' &&
        from.length === 1 &&
        only?.[0] === only?.[1]
      ) {
        at += 1
        const [to] = member()
        if (!only || !to || to[1] < only[0]) throw refuse('a range in [ ] is out of order')
        ranges.push([only[0], to[1]])
      } else for (const range of from) ranges.push([...range])
    }
    at += 1
    return isWithout ? without(merged(ranges)) : merged(ranges)
  }

  function member(): Ranges {
    const character = text[at] ?? ''
    at += 1
    if (character !== '\\') return [[character.charCodeAt(0), character.charCodeAt(0)]]
    if (text[at] !== 'b') return escaped()
    at += 1
    return [[8, 8]]
  }

  const tree = alternatives(0)
  if (at < text.length) throw refuse('a bracket is closed that was not opened: )')
  return tree
}

function timesAt(text: string, at: number): { min: number; max: number; end: number } | undefined {
  const sign = text[at]
  if (sign === '*') return { min: 0, max: Number.POSITIVE_INFINITY, end: at + 1 }
  if (sign === '+') return { min: 1, max: Number.POSITIVE_INFINITY, end: at + 1 }
  if (sign === '?') return { min: 0, max: 1, end: at + 1 }
  const numbers = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(text.slice(at, at + 20))
  if (!numbers) return undefined
  const min = Number(numbers[1])
  const upTo = numbers[3] === '' ? Number.POSITIVE_INFINITY : Number(numbers[3])
  return { min, max: numbers[2] === undefined ? min : upTo, end: at + numbers[0].length }
}

export function merged(ranges: readonly (readonly [number, number])[]): Ranges {
  const whole: [number, number][] = []
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = whole.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole
}

function without(ranges: Ranges): Ranges {
  const rest: [number, number][] = []
  let from = 0
  for (const [low, high] of ranges) {
    if (low > from) rest.push([from, low - 1])
    from = high + 1
  }
  if (from <= LAST) rest.push([from, LAST])
  return rest
}

/** Letters of ASCII wherever they are in it, others where they stand alone. */
function bothCases(ranges: Ranges): Ranges {
  const more: (readonly [number, number])[] = [...ranges]
  for (const [from, to] of ranges) {
    for (let code = Math.max(from, 65); code <= Math.min(to, 90); code++)
      more.push([code + 32, code + 32])
    for (let code = Math.max(from, 97); code <= Math.min(to, 122); code++)
      more.push([code - 32, code - 32])
    if (from !== to || from < 128) continue
    const letter = String.fromCharCode(from)
    for (const other of [letter.toLowerCase(), letter.toUpperCase()])
      if (other.length === 1) more.push([other.charCodeAt(0), other.charCodeAt(0)])
  }
  return merged(more)
}
