import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Header, type Pack, pack } from 'tar-stream'
import { findUnsafeLinks } from '#adapters/git/tree.ts'
import { walkTo } from './descriptor-walk.ts'
import type { KnownEntry } from './known-source.ts'
import type { Scan, ScannedEntry } from './scan-tree.ts'

/** Throws for a tree that cannot be deployed as it is. */
export function mustBePackable(scan: Scan): void {
  const [problem] = scan.problems
  if (problem !== undefined)
    throw new CodedError('UPLOAD_NAMES_INVALID', { reason: `${plain(problem)}.` })
  if (!scan.isComplete) throw new CodedError('SOURCE_TOO_LARGE')
  const links = scan.entries.flatMap(({ path, target }): [string, string][] =>
    target === null ? [] : [[path, target]],
  )
  const [unsafe] = findUnsafeLinks(new Map(links))
  if (unsafe)
    throw new CodedError('SOURCE_UNSAFE', {
      reason: `the link ${plain(unsafe.path)} leads out of the app’s files (${plain(unsafe.target)})`,
    })
}

const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)

/**
 * The tree as a tar, and what is known of it once the tar has been read. A file that changes
 * meanwhile is in it as it was at the one moment or the other, and shows as changed afterwards.
 */
export function packTree(
  root: string,
  scan: Scan,
): { tar: Readable; entries: Map<string, KnownEntry> } {
  const out = pack()
  const entries = new Map<string, KnownEntry>()
  const full = directoriesWithContent(scan)
  const write = async (): Promise<void> => {
    for (const entry of scan.entries)
      if (entry.kind === 'file') await packFile(root, out, entry, entries)
      else if (entry.kind === 'symlink') await packLink(out, entry, entries)
      else if (!full.has(entry.path)) await packDirectory(out, entry)
    out.finalize()
  }
  write().catch((error: Error) => out.destroy(error))
  return { tar: Readable.from(out), entries }
}

function directoriesWithContent({ entries }: Scan): Set<string> {
  return new Set(entries.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))))
}

async function packFile(
  root: string,
  out: Pack,
  entry: ScannedEntry,
  entries: Map<string, KnownEntry>,
): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  await walkTo(root, entry.path, { follow: false }, async ({ at }) => {
    const file = await open(at, flags)
    try {
      const info = await file.stat()
      if (!info.isFile()) throw changed(entry.path)
      const { executable } = entry
      const { target, written } = begin(out, {
        name: entry.path,
        size: info.size,
        mode: executable ? 0o755 : 0o644,
        mtime: new Date(info.mtimeMs),
      })
      const hash = createHash('sha256')
      let left = info.size
      if (left > 0)
        for await (const chunk of file.createReadStream({ autoClose: false, end: info.size - 1 })) {
          left -= chunk.length
          hash.update(chunk)
          if (!target.write(chunk)) await once(target, 'drain')
        }
      if (left !== 0) throw changed(entry.path)
      target.end(undefined)
      await written
      entries.set(entry.path, {
        kind: 'file',
        sizeBytes: info.size,
        executable,
        target: null,
        hash: hash.digest('hex'),
        ino: info.ino,
        ctimeMs: info.ctimeMs,
      })
    } finally {
      await file.close()
    }
  }).catch((error: unknown) => {
    if (error instanceof CodedError) throw error
    throw new CodedError('UPLOAD_CHANGED', { path: entry.path }, { cause: error })
  })
}

async function packLink(
  out: Pack,
  { path, target, modifiedAtS, ino, ctimeMs }: ScannedEntry,
  entries: Map<string, KnownEntry>,
): Promise<void> {
  const mtime = new Date(modifiedAtS * 1_000)
  await begin(out, { name: path, type: 'symlink', linkname: target ?? '', mtime }).written
  entries.set(path, {
    kind: 'symlink',
    sizeBytes: 0,
    executable: false,
    target,
    hash: null,
    ino,
    ctimeMs,
  })
}

async function packDirectory(out: Pack, { path, modifiedAtS }: ScannedEntry): Promise<void> {
  const mtime = new Date(modifiedAtS * 1_000)
  await begin(out, { name: `${path}/`, type: 'directory', mode: 0o755, mtime }).written
}

function begin(out: Pack, header: Partial<Header> & Pick<Header, 'name'>) {
  const { promise: written, resolve, reject } = Promise.withResolvers<void>()
  const target = out.entry(header, (error) => (error ? reject(error) : resolve()))
  return { target, written }
}

const changed = (path: string): CodedError => new CodedError('UPLOAD_CHANGED', { path })
