import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import type { SourceFile, SourceReader } from '#ports/source-reader.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import { readTar } from './tar-reader.ts'

/** As many as an app's files may be, and some: what was taken up is never more. */
const MAX_FILES = 200_000

/** Sources as they were stored: by us, after their entries were checked. */
export function createSourceReader(): SourceReader {
  return {
    async list(tar, signal) {
      const files = new Map<string, SourceFile>()
      for await (const entry of entriesOf(tar, signal)) {
        if (entry.kind !== 'file' && entry.kind !== 'symlink') continue
        if (files.size >= MAX_FILES) throw new Error(`a source has more than ${MAX_FILES} files`)
        files.set(posix.normalize(entry.path), {
          kind: entry.kind,
          sizeBytes: entry.sizeBytes,
          executable: entry.kind === 'file' && entry.executable,
          digest: await digestOf(entry),
        })
      }
      return files
    },

    async read(tar, path, maxBytes, signal) {
      for await (const entry of entriesOf(tar, signal)) {
        if (entry.kind !== 'file' || posix.normalize(entry.path) !== path) continue
        const parts: Buffer[] = []
        let left = maxBytes
        for await (const bytes of entry.content()) {
          parts.push(Buffer.from(bytes.subarray(0, left)))
          left -= bytes.length
          if (left <= 0) break
        }
        return Buffer.concat(parts)
      }
      return undefined
    },
  }
}

async function* entriesOf(tar: Readable, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  try {
    yield* readTar(addAbortSignal(signal, tar))
  } finally {
    tar.destroy()
  }
}

async function digestOf(entry: ArchiveEntry): Promise<string> {
  const hash = createHash('sha256')
  if (entry.kind === 'symlink') hash.update(entry.target)
  else for await (const bytes of entry.content()) hash.update(bytes)
  return hash.digest('base64url')
}
