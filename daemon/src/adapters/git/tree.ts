import { posix } from 'node:path'

/** One line of `git ls-tree -r -z`. */
export interface TreeEntry {
  mode: string
  oid: string
  path: string
}

const SYMLINK = '120000'
const SUBMODULE = '160000'
const MAX_HOPS = 40
const MAX_FINDINGS = 20

export function parseTree(output: Buffer): TreeEntry[] {
  return output
    .toString()
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', , oid = ''] = line.slice(0, tab).split(' ')
      return { mode, oid, path: line.slice(tab + 1) }
    })
}

export const symlinksOf = (entries: readonly TreeEntry[]): TreeEntry[] =>
  entries.filter((entry) => entry.mode === SYMLINK)

export const submodulesOf = (entries: readonly TreeEntry[]): string[] =>
  entries
    .filter((entry) => entry.mode === SUBMODULE)
    .map((entry) => entry.path)
    .slice(0, MAX_FINDINGS)

export const isFile = (entry: TreeEntry): boolean => entry.mode.startsWith('100')

/**
 * The links (path → target) that lead out of the tree. Other links of the tree on the way are
 * followed as the kernel would: what looks like `a/../..` may go elsewhere when `a` is a link.
 */
export function findUnsafeLinks(
  links: ReadonlyMap<string, string>,
): { path: string; target: string }[] {
  return [...links]
    .filter(([path]) => !staysInside(path, links))
    .slice(0, MAX_FINDINGS)
    .map(([path, target]) => ({ path, target: target.slice(0, 200) }))
}

function staysInside(path: string, links: ReadonlyMap<string, string>): boolean {
  let hops = 0
  const place: string[] = []
  const todo = path.split('/')
  while (todo.length > 0) {
    const step = todo.shift()
    if (step === undefined || step === '' || step === '.') continue
    if (step === '..') {
      if (place.length === 0) return false
      place.pop()
      continue
    }
    const target = links.get([...place, step].join('/'))
    if (target === undefined) {
      place.push(step)
      continue
    }
    hops += 1
    // A loop opens nothing, whoever follows it.
    if (hops > MAX_HOPS) return true
    if (posix.isAbsolute(target) || target.includes('\0')) return false
    todo.unshift(...target.split('/'))
  }
  return true
}
