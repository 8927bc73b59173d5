import {
  isWord,
  merged,
  parsePattern,
  type PatternNode,
  type Place,
  type Ranges,
  refuse,
} from '#lib/linear-pattern-parse.ts'
import { type PatternWindow, windowOf } from '#lib/pattern-window.ts'

/** An expression that takes about the same time for each character of a text, however it is written. */
export interface LinearPattern {
  /**
   * Whether it is found in the text, or in that part of it. Throws LOG_FILTER_INVALID once it needs more
   * work on what it reads than a table of its steps can save.
   */
  test(text: string, from?: number, to?: number): boolean
  /** The same of text in ASCII, read as the bytes it is kept in: a good deal faster. */
  testBytes(text: Uint8Array, from: number, to: number): boolean
  /** What stands in everything that it finds, as it is, each in one piece; none where nothing does. */
  literals: readonly string[]
  /** Where to look at all, in text in ASCII; undefined where that may be everywhere. */
  window: PatternWindow | undefined
}

type Step =
  | { kind: 'set'; set: Ranges }
  | { kind: 'split'; to: number[] }
  | { kind: 'at'; place: Place }
  | { kind: 'found' }

/** Steps that can be going on at once: what one character may cost at worst. */
const MAX_STEPS = 1_000
/** Of sets of steps that were met; forgotten together when there are more. */
const MAX_STATES = 1_000
/** What making the table may cost in steps, and what each character that was read adds to it. */
const FREE_WORK = 500_000
const WORK_EACH = 1
const UNKNOWN = -1
const FOUND = -2
/** What was before: nothing, a letter or digit, or something else. */
const BEGIN = 0
const WORD = 1
const OTHER = 2

/**
 * A machine of sets of steps, made as it is needed (Thompson’s construction): one look into a table for
 * each character, and no way back. So no expression can take for ever, which V8's own may.
 * Throws LOG_FILTER_INVALID, with the reason in words.
 */
export function linearPattern(source: string): LinearPattern {
  const tree = parsePattern(source)
  const steps = stepsOf(tree)
  const { classOf, count, samples } = classesOf(steps)
  /** One more than characters have: the end of the text. */
  const END = count
  const width = count + 1

  /** By state and class: where the row of the next state begins. */
  const table = new Int32Array(MAX_STATES * width)
  /** Where no step asks for what was before, states that differ in it alone are the same one. */
  const asksBefore = steps.some(({ kind }) => kind === 'at')
  /** Bytes that begin nothing: 1 where the first state is known to stay as it is. */
  const stays = new Uint8Array(256)
  let states: { steps: readonly number[]; before: number }[] = []
  let known = new Map<string, number>()
  let worked = 0
  let read = 0

  function forget(): void {
    table.fill(UNKNOWN)
    states = []
    known = new Map()
    stateFor([0], BEGIN)
  }

  function stateFor(list: readonly number[], before: number): number {
    const name = `${before} ${list.join(' ')}`
    const had = known.get(name)
    if (had !== undefined) return had
    known.set(name, states.length)
    states.push({ steps: list, before })
    return states.length - 1
  }

  /** Where a character of this class leads to, from the state whose row begins there. */
  function work(row: number, symbol: number): number {
    const from = states[row / width]
    if (!from) return FOUND
    worked += from.steps.length
    if (worked > FREE_WORK + read * WORK_EACH)
      throw refuse('it takes too long on this log: ask for a text, or for fewer repetitions')
    const isEnd = symbol === END
    const code = isEnd ? -1 : (samples[symbol] ?? 0)
    const wordNext = !isEnd && isWord(code)
    const holds = (place: Place): boolean => {
      if (place === '^') return from.before === BEGIN
      if (place === '$') return isEnd
      return ((from.before === WORD) !== wordNext) === (place === 'b')
    }
    const reached = new Set<number>()
    const waiting = [...from.steps]
    while (waiting.length > 0) {
      const at = waiting.pop() ?? 0
      if (reached.has(at)) continue
      reached.add(at)
      const step = steps[at]
      if (step?.kind === 'found') return FOUND
      if (step?.kind === 'split') waiting.push(...step.to)
      if (step?.kind === 'at' && holds(step.place)) waiting.push(at + 1)
    }
    if (isEnd) return 0
    /** It may also begin at the next character. */
    const next = new Set([0])
    for (const at of reached) {
      const step = steps[at]
      if (step?.kind === 'set' && has(step.set, code)) next.add(at + 1)
    }
    const list = [...next].toSorted((a, b) => a - b)
    const before = !asksBefore ? BEGIN : wordNext ? WORD : OTHER
    if (states.length >= MAX_STATES && !known.has(`${before} ${list.join(' ')}`)) {
      forget()
      return stateFor(list, before) * width
    }
    const to = stateFor(list, before) * width
    table[row + symbol] = to
    if (row === 0 && to === 0)
      for (let byte = 0; byte < stays.length; byte++) if (classOf[byte] === symbol) stays[byte] = 1
    return to
  }

  forget()
  return {
    literals: literalsOf(tree),
    window: windowOf(tree),
    test(text, from = 0, to = text.length) {
      let row = 0
      read += to - from
      for (let at = from; at < to; at++) {
        const symbol = classOf[text.charCodeAt(at)] ?? 0
        let next = table[row + symbol] ?? UNKNOWN
        if (next === UNKNOWN) {
          next = work(row, symbol)
          if (next === FOUND) return true
        }
        row = next
      }
      return work(row, END) === FOUND
    },
    testBytes(text, from, to) {
      let row = 0
      read += to - from
      for (let at = from; at < to; at++) {
        if (row === 0) {
          while (at < to && stays[text[at] ?? 0] === 1) at += 1
          if (at === to) break
        }
        const symbol = classOf[text[at] ?? 0] ?? 0
        let next = table[row + symbol] ?? UNKNOWN
        if (next === UNKNOWN) {
          next = work(row, symbol)
          if (next === FOUND) return true
        }
        row = next
      }
      return work(row, END) === FOUND
    },
  }
}

function stepsOf(tree: PatternNode): Step[] {
  const steps: Step[] = []
  const add = (step: Step): number => {
    if (steps.length >= MAX_STEPS) throw refuse('it has too many repetitions')
    steps.push(step)
    return steps.length - 1
  }

  function put(node: PatternNode): void {
    if (node.kind === 'set') add({ kind: 'set', set: node.set })
    else if (node.kind === 'at') add({ kind: 'at', place: node.place })
    else if (node.kind === 'repeat') putRepeat(node)
    else if (node.kind === 'any') putAny(node.parts)
    else for (const part of node.parts) put(part)
  }

  function putAny(parts: readonly PatternNode[]): void {
    const [first, ...rest] = parts
    if (!first) return
    if (rest.length === 0) {
      put(first)
      return
    }
    const split: Step & { kind: 'split' } = { kind: 'split', to: [] }
    split.to.push(add(split) + 1)
    put(first)
    const over: Step & { kind: 'split' } = { kind: 'split', to: [] }
    split.to.push(add(over) + 1)
    putAny(rest)
    over.to.push(steps.length)
  }

  function putRepeat({ part, min, max }: PatternNode & { kind: 'repeat' }): void {
    for (let count = 0; count < min; count++) put(part)
    if (max === Number.POSITIVE_INFINITY) {
      const loop: Step & { kind: 'split' } = { kind: 'split', to: [] }
      const at = add(loop)
      loop.to.push(at + 1)
      put(part)
      add({ kind: 'split', to: [at] })
      loop.to.push(steps.length)
      return
    }
    const ends: (Step & { kind: 'split' })[] = []
    for (let count = min; count < max; count++) {
      const maybe: Step & { kind: 'split' } = { kind: 'split', to: [] }
      maybe.to.push(add(maybe) + 1)
      ends.push(maybe)
      put(part)
    }
    for (const maybe of ends) maybe.to.push(steps.length)
  }

  put(tree)
  add({ kind: 'found' })
  return steps
}

/** Characters that no set of the expression tells apart are one class. */
function classesOf(steps: readonly Step[]) {
  const borders = new Set([0, 48, 58, 65, 91, 95, 96, 97, 123])
  for (const step of steps)
    if (step.kind === 'set')
      for (const [from, to] of step.set) {
        borders.add(from)
        borders.add(to + 1)
      }
  const classOf = new Uint16Array(0x10000)
  const samples: number[] = []
  const ordered = [...borders].filter((code) => code <= 0xffff).toSorted((a, b) => a - b)
  for (const [index, from] of ordered.entries()) {
    classOf.fill(index, from, ordered[index + 1] ?? 0x10000)
    samples.push(from)
  }
  return { classOf, count: ordered.length, samples }
}

const has = (set: Ranges, code: number): boolean =>
  set.some(([from, to]) => code >= from && code <= to)

/** Of what follows each other at the top: in whatever is found, each stands in one piece. */
function literalsOf(tree: PatternNode): string[] {
  const only = tree.kind === 'any' && tree.parts.length === 1 ? tree.parts[0] : tree
  if (only?.kind !== 'all') return []
  const literals: string[] = []
  let current = ''
  for (const part of only.parts) {
    const [range, ...more] = part.kind === 'set' ? merged(part.set) : []
    if (range !== undefined && more.length === 0 && range[0] === range[1]) {
      current += String.fromCharCode(range[0])
      continue
    }
    literals.push(current)
    current = ''
  }
  return [...literals, current].filter((literal) => literal !== '')
}
