import type { Dirent, Stats } from 'node:fs'
import { type FileHandle, lstat, readdir, readlink } from 'node:fs/promises'
import { openDirectoryAt, under } from './descriptor-walk.ts'
import { codeOf } from './explain-file-error.ts'
import { MAX_DEPTH, MAX_PATH_BYTES } from './file-names.ts'
import { isRun } from './file-stat.ts'

/** One entry as it lies in the tree. */
export interface ScannedEntry {
  /** Without a leading slash. */
  path: string
  kind: 'file' | 'directory' | 'symlink'
  sizeBytes: number
  executable: boolean
  modifiedAtS: number
  target: string | null
  /** Both change with whatever is done to the file. */
  ino: number
  ctimeMs: number
}

export interface Scan {
  /** By path, a directory before what is in it. */
  entries: ScannedEntry[]
  bytes: number
  /** Of all paths: they are held in memory. */
  pathsBytes: number
  /** Names that are not UTF-8, paths that are too long, things that are no files. */
  problems: string[]
  isComplete: boolean
}

interface Limits {
  maxEntries: number
  maxPathsBytes: number
}

const AT_A_TIME = 64
const MAX_PROBLEMS = 20
/** As of an archive. */
const MAX_PATHS_BYTES = 64 * 2 ** 20
/** The wish to be published; never part of what is. */
export const MARKER = '.deploy'

/** Everything in a tree, by descriptors: a directory that is swapped for a link is not entered. */
export async function scanTree(
  root: string,
  maxEntries: number,
  maxPathsBytes = MAX_PATHS_BYTES,
): Promise<Scan> {
  const limits = { maxEntries, maxPathsBytes }
  const scan: Scan = { entries: [], bytes: 0, pathsBytes: 0, problems: [], isComplete: true }
  const handle = await openDirectoryAt(root)
  try {
    await scanDirectory(handle, '', 0, scan, limits)
  } finally {
    await handle.close()
  }
  return scan
}

const isFull = ({ entries, pathsBytes }: Scan, { maxEntries, maxPathsBytes }: Limits): boolean =>
  entries.length >= maxEntries || pathsBytes > maxPathsBytes

async function scanDirectory(
  directory: FileHandle,
  above: string,
  depth: number,
  scan: Scan,
  limits: Limits,
): Promise<void> {
  const found = await readdir(under(directory, '.'), { withFileTypes: true, encoding: 'buffer' })
  const named = found.flatMap((entry) => nameOf(entry, above, scan))
  named.sort((one, other) => (one < other ? -1 : 1))
  for (let at = 0; at < named.length; at += AT_A_TIME) {
    const batch = named.slice(at, at + AT_A_TIME)
    const entries = await Promise.all(batch.map((name) => look(directory, above, name)))
    for (const entry of entries.flat()) {
      if (isFull(scan, limits)) {
        scan.isComplete = false
        return
      }
      scan.entries.push(entry)
      scan.bytes += entry.sizeBytes
      scan.pathsBytes += entry.path.length
      if (entry.kind === 'directory') await scanBelow(directory, entry, depth, scan, limits)
    }
  }
}

async function scanBelow(
  directory: FileHandle,
  { path }: ScannedEntry,
  depth: number,
  scan: Scan,
  limits: Limits,
): Promise<void> {
  if (depth + 1 >= MAX_DEPTH) return note(scan, `${path} is too deep`)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const handle = await openDirectoryAt(under(directory, name)).catch((error: unknown) => {
    // Gone, or something else by now.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined
    throw error
  })
  try {
    if (handle) await scanDirectory(handle, path, depth + 1, scan, limits)
  } finally {
    await handle?.close()
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function nameOf(entry: Dirent<Buffer>, above: string, scan: Scan): string[] {
  try {
    const name = utf8.decode(entry.name)
    const path = above === '' ? name : `${above}/${name}`
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) note(scan, `${path.slice(0, 60)}… is too long`)
    else if (path !== MARKER) return [name]
  } catch {
    note(scan, `${above}/${entry.name.toString('latin1')} is not UTF-8`)
  }
  return []
}

function note(scan: Scan, problem: string): void {
  if (scan.problems.length < MAX_PROBLEMS) scan.problems.push(problem)
}

async function look(directory: FileHandle, above: string, name: string): Promise<ScannedEntry[]> {
  const at = under(directory, name)
  try {
    const info = await lstat(at)
    const kind = kindOf(info)
    if (kind === undefined) return []
    return [
      {
        path: above === '' ? name : `${above}/${name}`,
        kind,
        sizeBytes: kind === 'file' ? info.size : 0,
        executable: kind === 'file' && isRun(info),
        modifiedAtS: Math.max(0, Math.floor(info.mtimeMs / 1_000)),
        target: kind === 'symlink' ? await readlink(at) : null,
        ino: info.ino,
        ctimeMs: info.ctimeMs,
      },
    ]
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function kindOf(info: Stats): ScannedEntry['kind'] | undefined {
  if (info.isFile()) return 'file'
  if (info.isDirectory()) return 'directory'
  return info.isSymbolicLink() ? 'symlink' : undefined
}
