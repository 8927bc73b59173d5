/**
 * An asset may differ by its query (widths of an image, say), but whoever makes up queries must not
 * fill what a route may keep: of one path so many are kept, and one without a query always.
 */
const MAX_QUERIES = 8
/** Paths with queries that are remembered; the oldest are forgotten first. */
const MAX_PATHS = 5_000

export function createQueryCaps(maxQueries = MAX_QUERIES, maxPaths = MAX_PATHS) {
  const known = new Map<string, Set<string>>()

  return {
    /** True where this path has as many queries as it may, and this is another one. */
    isFull(path: string, target: string): boolean {
      if (!target.includes('?')) return false
      const queries = known.get(path)
      return queries !== undefined && queries.size >= maxQueries && !queries.has(target)
    },
    /** It is kept. */
    note(path: string, target: string): void {
      if (!target.includes('?')) return
      const queries = known.get(path) ?? new Set()
      known.set(path, queries)
      if (queries.size < maxQueries) queries.add(target)
      const oldest = known.size > maxPaths ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
    },
  }
}
