import { Transform, type TransformCallback } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  BLOCK,
  type PaxWords,
  readHeader,
  readPax,
  refuseCompressed,
  strange,
  type TarEntry,
  withSize,
} from '#agent/builds/tar-header.ts'

const MAX_FILE_BYTES = 2 ** 20
const MAX_SYMLINKS = 100_000

/**
 * Passes a tar through unchanged but for one file in its root, whose text `edit` may replace. An error that `edit` throws ends the stream. The rest is never parsed
 * beyond its headers, so that a large source costs nothing. A tar in which an engine could find
 * another text under that name than `edit` was given is refused: the file must be there, once, plain,
 * and reached through no link.
 */
export function editFileInTar(name: string, edit: (text: string) => string): Transform {
  let header: Buffer = Buffer.alloc(0)
  /** Bytes of the entry under way that still pass, its padding included. */
  let left = 0
  let kept: { header: Buffer; chunks: Buffer[]; entry: TarEntry } | undefined
  let pax: PaxWords | undefined
  let state: 'first' | 'entries' | 'ending' | 'over' = 'first'
  let isFound = false
  const symlinks = new Set<string>()

  const finishKept = (out: Transform): void => {
    if (!kept) return
    const { header: head, entry, chunks } = kept
    kept = undefined
    const bytes = Buffer.concat(chunks)
    const content = bytes.subarray(0, entry.size)
    if (entry.kind === 'pax') pax = readPax(content)
    else {
      const text = content.toString('utf8')
      if (!Buffer.from(text).equals(content)) throw strange(`holds a ${name} that is not UTF-8`)
      const edited = Buffer.from(edit(text))
      out.push(edited.length === entry.size ? head : withSize(head, edited.length))
      out.push(padded(edited))
      return
    }
    out.push(head)
    out.push(bytes)
  }

  const check = (entry: TarEntry): void => {
    if (entry.kind === 'symlink') symlinks.add(entry.path)
    if (symlinks.size > MAX_SYMLINKS) throw strange('holds too many links')
    if (symlinks.size > 0 && foldersOf(entry.path).some((folder) => symlinks.has(folder)))
      throw strange('writes through a link')
    if (entry.path !== name) return
    if (isFound || entry.kind !== 'file' || entry.size > MAX_FILE_BYTES)
      throw strange(`must hold ${name} once, as a file of at most ${MAX_FILE_BYTES} bytes`)
    isFound = true
  }

  const takeHeader = (out: Transform): void => {
    const isZero = header.every((byte) => byte === 0)
    if (state === 'first') refuseCompressed(header)
    if (state === 'ending' && !isZero) throw strange('is damaged')
    if (isZero) state = state === 'ending' ? 'over' : 'ending'
    else takeEntry(readHeader(header, pax ?? {}), header)
    if (!kept) out.push(header)
    header = Buffer.alloc(0)
    if (left === 0) finishKept(out)
  }

  const takeEntry = (entry: TarEntry, head: Buffer): void => {
    state = 'entries'
    left = Math.ceil(entry.size / BLOCK) * BLOCK
    if (entry.kind === 'pax') {
      if (pax !== undefined || entry.size > MAX_FILE_BYTES) throw strange('has a damaged header')
      kept = { header: head, chunks: [], entry }
      return
    }
    const { size: sizeInPax } = pax ?? {}
    pax = undefined
    check(entry)
    if (entry.path !== name) return
    if (sizeInPax !== undefined) throw strange(`gives the size of ${name} in another place`)
    kept = { header: head, chunks: [], entry }
  }

  const take = (out: Transform, chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; ) {
      // Nobody reads what follows the end.
      if (state === 'over') return
      if (left === 0) {
        const end = Math.min(chunk.length, at + BLOCK - header.length)
        header = Buffer.concat([header, chunk.subarray(at, end)])
        at = end
        if (header.length === BLOCK) takeHeader(out)
        continue
      }
      const end = Math.min(chunk.length, at + left)
      left -= end - at
      if (kept) kept.chunks.push(chunk.subarray(at, end))
      else out.push(chunk.subarray(at, end))
      at = end
      if (left === 0) finishKept(out)
    }
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, callback: TransformCallback) {
      try {
        take(this, chunk)
        callback()
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)))
      }
    },
    flush(callback: TransformCallback) {
      const reason = `There is no ${name} in the source.`
      callback(isFound ? null : new CodedError('BUILD_FAILED', { reason }))
    },
  })
}

/** To whole blocks. */
const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])

/** `a/b/c` → `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}
