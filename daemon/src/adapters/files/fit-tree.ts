import { lstat, mkdir, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isAsKnown } from './compare-tree.ts'
import { type Place, walkTo } from './descriptor-walk.ts'
import { codeOf } from './explain-file-error.ts'
import { isSameSource, type KnownEntry, type KnownSource } from './known-source.ts'
import { type Scan, type ScannedEntry, scanTree } from './scan-tree.ts'

interface Fit {
  /** The tree. */
  root: string
  /** The files of the other source, unpacked beside the tree. */
  fresh: string
  scan: Scan
  before: KnownSource
  next: KnownSource
}

/**
 * Makes a tree that began with one source begin with another: entries that are as the old source
 * had them become what the new one has, and what was changed in between stays. Can be done again
 * after a crash in the middle: what is as the new source has it already is left alone.
 */
export async function fitTree({ root, fresh, scan, before, next }: Fit): Promise<void> {
  const there = new Map(scan.entries.map((entry) => [entry.path, entry]))
  for (const [path, wanted] of next.entries) {
    const entry = there.get(path)
    const known = before.entries.get(path)
    if (entry && known && isSameSource(known, wanted)) {
      Object.assign(wanted, { ino: known.ino, ctimeMs: known.ctimeMs })
      continue
    }
    if (await isFree(root, entry, known)) await bring(root, fresh, path, wanted)
    // What was changed to just that is not different any more.
    else if (entry) await isAsKnown(root, entry, wanted)
  }
  for (const [path, known] of before.entries) {
    const entry = there.get(path)
    if (next.entries.has(path) || !entry) continue
    if (await isAsKnown(root, entry, known)) await takeAway(root, path)
  }
}

/** True where nobody has put, changed or removed anything. */
async function isFree(
  root: string,
  entry: ScannedEntry | undefined,
  known: KnownEntry | undefined,
): Promise<boolean> {
  if (!entry) return !known
  return known !== undefined && isAsKnown(root, entry, known)
}

async function bring(root: string, fresh: string, path: string, wanted: KnownEntry): Promise<void> {
  try {
    await makeAbove(root, path)
    await walkTo(root, path, { follow: false }, async ({ at }) => {
      await rename(join(fresh, path), at)
      const info = await lstat(at)
      Object.assign(wanted, { ino: info.ino, ctimeMs: info.ctimeMs })
    })
  } catch (error) {
    // A directory of the user's stands where the file would be, or a file where the directory
    // would: that is a change of theirs, and shows as one.
    if (!isInTheWay(error)) throw error
  }
}

async function makeAbove(root: string, path: string): Promise<void> {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
    await walkTo(root, path.slice(0, at), { follow: false }, makeDirectory)
}

async function makeDirectory({ at }: Place): Promise<void> {
  try {
    await mkdir(at, 0o700)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** And the directories above that are empty then. */
async function takeAway(root: string, path: string): Promise<void> {
  await walkTo(root, path, { follow: false }, ({ at }) => unlink(at)).catch((error: unknown) => {
    if (!isInTheWay(error)) throw error
  })
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const isGone = await walkTo(root, path.slice(0, at), { follow: false }, ({ at: above }) =>
      rmdir(above),
    ).then(
      () => true,
      () => false,
    )
    if (!isGone) return
  }
}

const isInTheWay = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'ELOOP'].includes(codeOf(error) ?? '') ||
  (error instanceof Error && error.name === 'FileError')

/** What is known of a source whose files were unpacked there, with their hashes. */
export async function knownFrom(
  folder: string,
  sourceId: string | null,
  hashes: ReadonlyMap<string, string>,
): Promise<KnownSource> {
  const { entries } = await scanTree(folder, Number.POSITIVE_INFINITY)
  return {
    sourceId,
    entries: new Map(
      entries.flatMap((entry): [string, KnownEntry][] => {
        const { path, kind, sizeBytes, executable, target, ino, ctimeMs } = entry
        if (kind === 'directory') return []
        const hash = hashes.get(path) ?? null
        return [[path, { kind, sizeBytes, executable, target, hash, ino, ctimeMs }]]
      }),
    ),
  }
}
