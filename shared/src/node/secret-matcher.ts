/** Finds any of many byte patterns in one pass (Aho and Corasick). States are numbers; 0 is the start. */
export interface Matcher {
  next(state: number, byte: number): number
  /** Length of the longest pattern that ends here; 0 where none does. */
  longest(state: number): number
  /** How many of the last bytes are the beginning of a pattern. */
  depth(state: number): number
}

/** From here on 256 KB more are worth what they save. */
const MANY_STATES = 65_536

/** Sparse: about 20 bytes for each byte of the patterns. */
export function buildMatcher(patterns: readonly Uint8Array[]): Matcher {
  const capacity = patterns.reduce((sum, pattern) => sum + pattern.length, 1)
  const firstChild = new Int32Array(capacity)
  const nextSibling = new Int32Array(capacity)
  const byteOf = new Uint8Array(capacity)
  const depthOf = new Int32Array(capacity)
  const longestAt = new Int32Array(capacity)
  const fallBack = new Int32Array(capacity)
  const fromStart = new Int32Array(256)
  /** Children of the states one deep: of many patterns nearly every byte begins one there. */
  const fromFirst = capacity > MANY_STATES ? new Int32Array(65_536) : undefined
  let states = 1

  /** 0 where the state has no such child. */
  const childOf = (state: number, byte: number): number => {
    if (state === 0) return fromStart[byte] ?? 0
    if (fromFirst !== undefined && depthOf[state] === 1)
      return fromFirst[((byteOf[state] ?? 0) << 8) | byte] ?? 0
    let child = firstChild[state] ?? 0
    while (child !== 0 && byteOf[child] !== byte) child = nextSibling[child] ?? 0
    return child
  }

  const addChild = (state: number, byte: number): number => {
    const child = states++
    byteOf[child] = byte
    depthOf[child] = (depthOf[state] ?? 0) + 1
    nextSibling[child] = firstChild[state] ?? 0
    firstChild[state] = child
    if (state === 0) fromStart[byte] = child
    else if (fromFirst !== undefined && depthOf[state] === 1)
      fromFirst[((byteOf[state] ?? 0) << 8) | byte] = child
    return child
  }

  const next = (from: number, byte: number): number => {
    let state = from
    let child = childOf(state, byte)
    while (child === 0 && state !== 0) {
      state = fallBack[state] ?? 0
      child = childOf(state, byte)
    }
    return child
  }

  for (const pattern of patterns) {
    let state = 0
    for (const byte of pattern) state = childOf(state, byte) || addChild(state, byte)
    longestAt[state] = pattern.length
  }

  // Breadth first: where a state falls back to is nearer to the start than the state itself.
  const queue = new Int32Array(states)
  let filled = 0
  for (let child = firstChild[0] ?? 0; child !== 0; child = nextSibling[child] ?? 0)
    queue[filled++] = child
  for (let at = 0; at < filled; at++) {
    const state = queue[at] ?? 0
    for (let child = firstChild[state] ?? 0; child !== 0; child = nextSibling[child] ?? 0) {
      const target = next(fallBack[state] ?? 0, byteOf[child] ?? 0)
      fallBack[child] = target
      longestAt[child] = Math.max(longestAt[child] ?? 0, longestAt[target] ?? 0)
      queue[filled++] = child
    }
  }

  return {
    next,
    longest: (state) => longestAt[state] ?? 0,
    depth: (state) => depthOf[state] ?? 0,
  }
}
