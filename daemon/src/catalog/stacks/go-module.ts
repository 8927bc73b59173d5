import type { SourceTree } from '#ports/stack.ts'

export interface GoModule {
  /** The last part of its path, without a version: what `go install` would call the program. */
  name: string
  /** `1.24`, `1.26.1`: of the go or toolchain line. */
  go: string | undefined
  /** What it requires, indirectly too, as far as the file says. */
  requires: ReadonlySet<string>
  /** Folders of the modules that are built together, `.` for the root. */
  folders: readonly string[]
  /** `go.mod`, `go.work` or the file that made it a Go project. */
  file: string
}

const MAX_REQUIRES = 5_000
const MAX_FOLDERS = 100
const MAX_LINES = 20_000
const MAX_LINE_LENGTH = 500

/** Reads go.work or go.mod of the root; undefined where there is neither. */
export function readGoModule(tree: SourceTree): GoModule | undefined {
  const work = tree.read('go.work')
  const root = tree.read('go.mod')
  if (work === undefined && root === undefined) return undefined
  const folders = work === undefined ? ['.'] : foldersOf(work)
  const texts = folders.flatMap((folder) => tree.read(below(folder, 'go.mod')) ?? [])
  const versions = [work ?? '', ...texts].flatMap((text) => versionOf(text) ?? [])
  return {
    name: nameOf(root ?? texts[0] ?? '') ?? 'app',
    go: versions.toSorted(compare).at(-1),
    requires: new Set(texts.flatMap(requiresOf).slice(0, MAX_REQUIRES)),
    folders,
    file: work === undefined ? 'go.mod' : 'go.work',
  }
}

export const below = (folder: string, file: string): string =>
  folder === '.' ? file : `${folder}/${file}`

/** `use ./api` lines and `use ( … )` blocks. */
function foldersOf(work: string): string[] {
  const folders = new Set<string>()
  let isInBlock = false
  for (const written of linesOf(work)) {
    const line = written.replace(/^use\b/, '').trim()
    if (line.startsWith('(')) isInBlock = true
    else if (line === ')') isInBlock = false
    else if (line !== '' && (isInBlock || line !== written)) folders.add(asFolder(line))
  }
  return [...folders]
    .filter((folder) => !folder.startsWith('/') && !folder.split('/').includes('..'))
    .slice(0, MAX_FOLDERS)
}

const asFolder = (line: string): string =>
  line.replaceAll('"', '').replace(/^\.\//, '').replace(/\/$/, '') || '.'

/** Without comments; what is longer than any line of such a file is cut. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, MAX_LINES)
    .map((line) =>
      line
        .slice(0, MAX_LINE_LENGTH)
        .replace(/\/\/.*/, '')
        .trim(),
    )

const versionOf = (text: string): string | undefined =>
  /^toolchain[ \t]+go(\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1] ??
  /^go[ \t]+(\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1]

export function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number))
  for (let at = 0; at < 3; at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function nameOf(text: string): string | undefined {
  const path = /^module[ \t]+"?([^\s"]{1,300})/m.exec(text)?.[1]
  const parts = path?.split('/').filter((part) => !/^v\d+$/.test(part))
  return parts?.at(-1)?.replace(/\.v\d+$/, '')
}

const requiresOf = (text: string): string[] =>
  linesOf(text).flatMap((line) => {
    const [, path] = /^(?:require )?\s*([\w.-]+\/\S+)\s+v\d/.exec(line) ?? []
    return path === undefined ? [] : [path]
  })
