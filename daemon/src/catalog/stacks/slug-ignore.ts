import type { SourceTree } from '#ports/stack.ts'

/** Each is compared with every path of the source. */
const MAX_PATTERNS = 190
const MAX_PATTERN_LENGTH = 200

/** Heroku's list of what is not needed to run: one pattern a line, no negation. */
export function slugIgnore(tree: SourceTree): { patterns: string[]; because: string[] } {
  const written = (tree.read('.slugignore') ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/^\/|\/$/g, ''))
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
  const patterns = written
    .filter((pattern) => pattern.length <= MAX_PATTERN_LENGTH)
    .slice(0, MAX_PATTERNS)
  const left = written.length - patterns.length
  const because = `.slugignore: ${left} of its patterns are not used (at most ${MAX_PATTERNS}, of ${MAX_PATTERN_LENGTH} characters each)`
  return { patterns, because: left === 0 ? [] : [because] }
}
