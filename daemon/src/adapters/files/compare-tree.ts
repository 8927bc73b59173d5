import type { TreeChange, TreeDifference } from '@vastrox/shared/upload.ts'
import { hashFile } from './hash-file.ts'
import { isUntouched, type KnownEntry, type KnownSource } from './known-source.ts'
import type { Scan, ScannedEntry } from './scan-tree.ts'

const MAX_LISTED = 1_000

/** Whether an entry is what the source has there, in content if need be. */
export async function isAsKnown(
  root: string,
  entry: ScannedEntry,
  known: KnownEntry,
): Promise<boolean> {
  if (isUntouched(entry, known)) return true
  if (entry.kind !== known.kind || entry.target !== known.target) return false
  if (entry.kind === 'symlink') return true
  if (entry.sizeBytes !== known.sizeBytes || entry.executable !== known.executable) return false
  const isSame = (await hashFile(root, entry.path)) === known.hash
  if (isSame) {
    known.ino = entry.ino
    known.ctimeMs = entry.ctimeMs
  }
  return isSame
}

/** What of the tree is different from the source that it began with. */
export async function compareTree(
  root: string,
  scan: Scan,
  source: KnownSource,
): Promise<Omit<TreeDifference, 'release'>> {
  const changes: TreeChange[] = []
  const left = new Map(source.entries)
  for (const entry of scan.entries) {
    if (entry.kind === 'directory') continue
    const known = left.get(entry.path)
    left.delete(entry.path)
    if (known && (await isAsKnown(root, entry, known))) continue
    changes.push({
      path: entry.path,
      kind: known ? 'changed' : 'added',
      beforeBytes: known?.sizeBytes ?? null,
      afterBytes: entry.sizeBytes,
    })
  }
  for (const [path, { sizeBytes }] of left)
    changes.push({ path, kind: 'removed', beforeBytes: sizeBytes, afterBytes: null })
  changes.sort((one, other) => (one.path < other.path ? -1 : 1))

  const count = (kind: TreeChange['kind']): number =>
    changes.filter((change) => change.kind === kind).length
  const sum = (of: (change: TreeChange) => number): number =>
    changes.reduce((bytes, change) => bytes + of(change), 0)
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    addedBytes: sum(({ afterBytes }) => afterBytes ?? 0),
    removedBytes: sum(({ beforeBytes }) => beforeBytes ?? 0),
    changes: changes.slice(0, MAX_LISTED),
  }
}
