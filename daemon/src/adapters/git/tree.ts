import { posix } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'

/** One line of `git ls-tree -r -l -z`. */
export interface TreeEntry {
  mode: string
  oid: string
  /** 0 for a submodule. */
  sizeBytes: number
  path: string
}

const SYMLINK = '120000'
const SUBMODULE = '160000'
const MAX_HOPS = 40
const MAX_FINDINGS = 20
/** PATH_MAX of Linux, without the zero at its end. */
const MAX_PATH_LENGTH = 4_095
const MAX_DEPTH = 256
const MAX_STEPS = 200_000

export function parseTree(output: Buffer): TreeEntry[] {
  return output
    .toString()
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', , oid = '', size = ''] = line.slice(0, tab).split(/ +/)
      return { mode, oid, sizeBytes: Number(size) || 0, path: line.slice(tab + 1) }
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
 * The links (path → target) that lead out of the tree, at most 20. Other links of the tree on the
 * way are followed as the kernel would: what looks like `a/../..` may go elsewhere when `a` is a
 * link. What no kernel would follow (longer than 4,095 characters, 256 directories deep) counts as
 * one of them. Throws SOURCE_TOO_LARGE where all links together take more than 200,000 steps.
 */
export function findUnsafeLinks(
  links: ReadonlyMap<string, string>,
): { path: string; target: string }[] {
  const unsafe: { path: string; target: string }[] = []
  const walk: Walk = { links, stepsLeft: MAX_STEPS }
  for (const [path, target] of links) {
    if (!staysInside(path, walk)) unsafe.push({ path, target: target.slice(0, 200) })
    if (unsafe.length === MAX_FINDINGS) break
  }
  return unsafe
}

interface Walk {
  links: ReadonlyMap<string, string>
  /** For all links of a tree: each may lead through forty others. */
  stepsLeft: number
}

function staysInside(path: string, walk: Walk): boolean {
  let hops = 0
  if (path.length > MAX_PATH_LENGTH) return false
  /** Each directory on the way with those above it: `a`, `a/b`. */
  const place: string[] = []
  /** What is to be walked, the next step last. */
  const todo = path.split('/').toReversed()
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    walk.stepsLeft -= 1
    if (walk.stepsLeft < 0) throw tooManySteps()
    if (step === '' || step === '.') continue
    if (step === '..') {
      if (place.length === 0) return false
      place.pop()
      continue
    }
    const above = place.at(-1)
    const here = above === undefined ? step : `${above}/${step}`
    const target = walk.links.get(here)
    if (target === undefined) {
      place.push(here)
      if (place.length > MAX_DEPTH || here.length > MAX_PATH_LENGTH) return false
      continue
    }
    hops += 1
    // A loop opens nothing, whoever follows it.
    if (hops > MAX_HOPS) return true
    if (target.length > MAX_PATH_LENGTH) return false
    if (posix.isAbsolute(target) || target.includes('\0')) return false
    todo.push(...target.split('/').toReversed())
  }
  return true
}

const tooManySteps = (): CodedError =>
  new CodedError('SOURCE_TOO_LARGE', {
    reason: 'the commit holds more symbolic links than can be checked',
  })
