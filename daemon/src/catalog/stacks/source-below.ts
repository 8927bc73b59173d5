import type { SourceTree } from '#ports/stack.ts'

/** The tree as it is seen from one of its directories; empty where there is none. */
export function sourceBelow(tree: SourceTree, directory: string): SourceTree {
  if (directory === '') return tree
  const prefix = `${directory}/`
  const paths = new Set(
    [...tree.paths].flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])),
  )
  return { paths, read: (path) => tree.read(prefix + path) }
}
