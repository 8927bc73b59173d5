const MAX_PATTERNS = 200
const MAX_PATTERN_LENGTH = 200
const SLASH = 47

/**
 * As pathMatcher, for a list in which `!pattern` takes back what patterns before it named: the last one
 * that names a path decides, as in .dockerignore.
 */
export function ignoreMatcher(patterns: readonly string[]): (path: string) => boolean {
  const groups: { takesBack: boolean; patterns: string[] }[] = []
  for (const pattern of patterns.slice(0, MAX_PATTERNS)) {
    const takesBack = pattern.startsWith('!')
    if (groups.at(-1)?.takesBack !== takesBack) groups.push({ takesBack, patterns: [] })
    groups.at(-1)?.patterns.push(takesBack ? pattern.slice(1) : pattern)
  }
  const matchers = groups
    .map(({ takesBack, patterns }) => ({ takesBack, matches: pathMatcher(patterns) }))
    .toReversed()
  return (path) => matchers.find(({ matches }) => matches(path))?.takesBack === false
}

/**
 * Tells whether a path, or a directory that it is in, is named by one of the patterns: `*` stands
 * for anything but a slash, `?` for one such character, `**` for anything; a pattern without a slash in it names a path in any
 * directory, as in .gitignore. Only the first 200 patterns are taken, of 200 characters each. Takes
 * time by the length of the path, whatever the patterns are.
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const automaton = build(patterns.slice(0, MAX_PATTERNS).filter(isShort))
  return (path) => matches(automaton, path)
}

/**
 * All patterns as one row of bits, a state for each of their characters and one at each end. A bit
 * that is set: so much of that pattern has been seen.
 */
interface Automaton {
  words: number
  /** States that any character but a slash leads out of, to the next (`?`). */
  anyOne: Uint32Array
  /** By character: the states that it leads out of, to the next. */
  steps: Map<number, Uint32Array>
  /** States that stay at a `**`, and those that stay at a `*` or `**`. */
  anything: Uint32Array
  notSlash: Uint32Array
  /** Where patterns begin: in the root, and in any directory. */
  inRoot: Uint32Array
  anywhere: Uint32Array
  ends: Uint32Array
}

const isShort = (pattern: string): boolean => pattern.length <= MAX_PATTERN_LENGTH

function build(patterns: readonly string[]): Automaton {
  const states = patterns.reduce((sum, pattern) => sum + pattern.length + 1, 0)
  const words = Math.ceil(states / 32)
  const row = (): Uint32Array => new Uint32Array(words)
  const automaton: Automaton = {
    words,
    steps: new Map(),
    anyOne: row(),
    anything: row(),
    notSlash: row(),
    inRoot: row(),
    anywhere: row(),
    ends: row(),
  }
  let state = 0
  for (const pattern of patterns) state = add(automaton, pattern, state)
  return automaton
}

/** Gives the state behind the last one of this pattern. */
function add(automaton: Automaton, pattern: string, first: number): number {
  const trimmed = pattern.replace(/\/$/, '')
  const body = trimmed.replace(/^\//, '')
  set(automaton.inRoot, first)
  if (!trimmed.includes('/')) set(automaton.anywhere, first)
  let state = first
  for (let at = 0; at < body.length; at++) {
    if (body.startsWith('**', at)) {
      set(automaton.anything, state)
      at += 1
    } else if (body[at] === '*') {
      set(automaton.notSlash, state)
    } else if (body[at] === '?') {
      set(automaton.anyOne, state)
      state += 1
    } else {
      const code = body.charCodeAt(at)
      const from = automaton.steps.get(code) ?? new Uint32Array(automaton.words)
      automaton.steps.set(code, from)
      set(from, state)
      state += 1
    }
  }
  set(automaton.ends, state)
  return state + 1
}

function matches(automaton: Automaton, path: string): boolean {
  const { words, steps, anyOne, anything, notSlash, inRoot, anywhere, ends } = automaton
  let seen = Uint32Array.from(inRoot)
  let next = new Uint32Array(words)
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at)
    const isSlash = code === SLASH
    if (isSlash && meet(seen, ends)) return true
    const from = steps.get(code)
    let carried = 0
    for (let word = 0; word < words; word++) {
      const now = seen[word] ?? 0
      const one = isSlash ? 0 : (anyOne[word] ?? 0)
      const moved = now & ((from?.[word] ?? 0) | one)
      const stays = (anything[word] ?? 0) | (isSlash ? 0 : (notSlash[word] ?? 0))
      const begins = isSlash ? (anywhere[word] ?? 0) : 0
      next[word] = (moved << 1) | carried | (now & stays) | begins
      carried = moved >>> 31
    }
    ;[seen, next] = [next, seen]
  }
  return meet(seen, ends)
}

function set(row: Uint32Array, state: number): void {
  row[state >>> 5] = (row[state >>> 5] ?? 0) | (1 << (state & 31))
}

const meet = (one: Uint32Array, other: Uint32Array): boolean =>
  one.some((bits, word) => (bits & (other[word] ?? 0)) !== 0)
