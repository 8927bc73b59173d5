import type { SourceTree } from '#ports/stack.ts'
import { type Manifest, readManifest } from './node-manifest.ts'

/** A package of a workspace. */
export interface Member {
  directory: string
  /** Empty where package.json gives none that can be written in a command. */
  name: string
  manifest: Manifest
}

export interface Workspace {
  /** "pnpm-workspace.yaml" */
  because: string
  members: Member[]
}

const MAX_PATTERNS = 50
const MAX_MEMBERS = 500
const NAME = /^(?:@[\w.-]{1,100}\/)?[\w.-]{1,100}$/
/** Paths that are written in a Dockerfile as they are. */
const PLAIN_PATH = /^[\w@+./-]{1,300}$/

/** The packages of a pnpm, npm or yarn workspace; undefined where this is none. */
export function readWorkspace(tree: SourceTree, root: Manifest | undefined): Workspace | undefined {
  const pnpm = tree.read('pnpm-workspace.yaml')
  const listed = pnpm === undefined ? [] : listIn(pnpm)
  const patterns = listed.length > 0 ? listed : patternsOf(root?.workspaces)
  if (patterns.length === 0) return undefined
  const taken = patterns.filter((pattern) => !pattern.startsWith('!')).map(segmentsOf)
  const left = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((one) => segmentsOf(one.slice(1)))
  const members: Member[] = []
  for (const path of tree.paths) {
    if (members.length >= MAX_MEMBERS) break
    if (!path.endsWith('/package.json') || /(?:^|\/)node_modules\//.test(path)) continue
    const directory = path.slice(0, -'/package.json'.length)
    const segments = directory.split('/')
    if (!PLAIN_PATH.test(directory) || !taken.some((one) => matches(one, segments))) continue
    if (left.some((one) => matches(one, segments))) continue
    const manifest = manifestOf(tree, path)
    if (manifest)
      members.push({
        directory,
        name: NAME.test(manifest.name ?? '') ? (manifest.name ?? '') : '',
        manifest,
      })
  }
  if (members.length === 0) return undefined
  return {
    because: listed.length > 0 ? 'pnpm-workspace.yaml' : 'workspaces in package.json',
    members: members.toSorted((one, other) => (one.directory < other.directory ? -1 : 1)),
  }
}

/** One that is broken is no package. */
function manifestOf(tree: SourceTree, path: string): Manifest | undefined {
  try {
    return readManifest(tree, path)
  } catch {
    return undefined
  }
}

/**
 * The packages of the workspace that one is built from, those first that others need; without the
 * package itself.
 */
export function neededMembers({ members }: Workspace, member: Member): Member[] {
  const byName = new Map(members.map((one) => [one.name, one]))
  const seen = new Set<Member>([member])
  const order: Member[] = []
  const visit = (one: Member): void => {
    const { dependencies, devDependencies, optionalDependencies } = one.manifest
    for (const name of Object.keys({
      ...dependencies,
      ...optionalDependencies,
      ...devDependencies,
    })) {
      const other = byName.get(name)
      if (!other || seen.has(other)) continue
      seen.add(other)
      visit(other)
      order.push(other)
    }
  }
  visit(member)
  return order
}

function patternsOf(workspaces: unknown): string[] {
  const list =
    typeof workspaces === 'object' && workspaces !== null && 'packages' in workspaces
      ? workspaces.packages
      : workspaces
  return Array.isArray(list) ? asPatterns(list.filter((one) => typeof one === 'string')) : []
}

/** The `packages` of pnpm-workspace.yaml: a list of lines, or one in brackets. */
function listIn(yaml: string): string[] {
  const lines = yaml.split(/\r?\n/)
  const at = lines.findIndex((line) => line.startsWith('packages:'))
  if (at === -1) return []
  const inline = /^packages:\s*\[([^\]]*)\]/.exec(lines[at] ?? '')?.[1]
  if (inline !== undefined) return asPatterns(inline.split(','))
  const list: string[] = []
  for (const line of lines.slice(at + 1)) {
    const item = /^\s{0,20}-\s{1,20}(.*)$/.exec(line)?.[1]
    if (item !== undefined) list.push(item)
    else if (line.trim() !== '' && !line.trim().startsWith('#')) break
  }
  return asPatterns(list)
}

const asPatterns = (written: readonly string[]): string[] =>
  written
    .map((one) =>
      one
        .replace(/\s#.*$/, '')
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2'),
    )
    .filter((one) => one !== '' && one.length <= 200)
    .slice(0, MAX_PATTERNS)

const segmentsOf = (pattern: string): string[] =>
  pattern.split('/').filter((segment) => segment !== '' && segment !== '.')

/** `**` for any number of directories, `*` for anything in a name. Takes time by the two lengths. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  let reached = new Set([0])
  for (const segment of path) {
    const next = new Set<number>()
    for (const at of closure(pattern, reached)) {
      if (pattern[at] === '**') next.add(at)
      else if (at < pattern.length && isName(pattern[at] ?? '', segment)) next.add(at + 1)
    }
    reached = next
  }
  return closure(pattern, reached).has(pattern.length)
}

/** A `**` may stand for nothing. */
function closure(pattern: readonly string[], reached: ReadonlySet<number>): Set<number> {
  const all = new Set(reached)
  for (const at of all) if (pattern[at] === '**') all.add(at + 1)
  return all
}

function isName(pattern: string, name: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0]
  while (at < name.length) {
    if (pattern[from] === '*') {
      star = from++
      mark = at
    } else if (pattern[from] === name[at] && from < pattern.length) {
      from += 1
      at += 1
    } else if (star !== -1) {
      from = star + 1
      at = ++mark
    } else return false
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}
