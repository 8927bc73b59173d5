import type { SourceTree } from '#ports/stack.ts'

/** What the matcher takes; see pathMatcher. */
const MAX_PATTERNS = 180
const MAX_PATTERN_LENGTH = 190

/**
 * .dockerignore as Docker reads it, for the way in which we send the source: patterns hold from the
 * root, `!` takes back. The Dockerfile's own list (`Dockerfile.dockerignore`) goes before the common one.
 */
export function dockerIgnore(
  tree: SourceTree,
  dockerfile: string,
): { patterns: string[]; because: string[] } {
  const own = `${dockerfile}.dockerignore`
  const file = tree.paths.has(own) ? own : '.dockerignore'
  const written = (tree.read(file) ?? '')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  let unknown = 0
  const patterns = written.flatMap((line) => {
    const isTakenBack = line.startsWith('!')
    const path = normal(isTakenBack ? line.slice(1).trim() : line)
    if (path === undefined || path.length > MAX_PATTERN_LENGTH) {
      unknown += 1
      return []
    }
    const mark = isTakenBack ? '!' : ''
    // Of Docker's two stars a folder more or none at all may stand there.
    const flat = path.replaceAll('**/', '')
    return flat === path || flat === '/' ? [mark + path] : [mark + flat, mark + path]
  })
  const used = patterns.slice(0, MAX_PATTERNS)
  const left = unknown + patterns.length - used.length
  return {
    patterns: used,
    because: [
      ...(used.length === 0 ? [] : [`${file} is honoured`]),
      ...(left === 0
        ? []
        : [`${left} patterns of ${file} are not used (classes such as [a-z], or too many)`]),
    ],
  }
}

/** Held to the root; undefined for what the matcher does not know. */
function normal(pattern: string): string | undefined {
  if (/[[\]\\]/.test(pattern)) return undefined
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length === 0 || parts.includes('..')) return undefined
  return `/${parts.join('/')}`
}
