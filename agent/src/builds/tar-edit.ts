import { Transform, type TransformCallback } from 'node:stream'

const BLOCK = 512
const MAX_FILE_BYTES = 2 ** 20

/**
 * Passes a tar through unchanged but for one file in its root, which `edit` may replace by a text of
 * the same number of bytes. An error that `edit` throws ends the stream. The rest is never parsed
 * beyond its headers, so that a large source costs nothing.
 */
export function editFileInTar(name: string, edit: (text: string) => string): Transform {
  let header: Buffer = Buffer.alloc(0)
  /** Bytes of the entry under way that still pass, its padding included. */
  let left = 0
  let wanted: { chunks: Buffer[]; size: number } | undefined

  const finishWanted = (out: Transform): void => {
    if (!wanted) return
    const bytes = Buffer.concat(wanted.chunks)
    const text = bytes.subarray(0, wanted.size).toString('utf8')
    const edited = Buffer.from(edit(text))
    if (edited.length !== wanted.size) throw new Error('the edit changed the length')
    edited.copy(bytes)
    out.push(bytes)
    wanted = undefined
  }

  const takeHeader = (out: Transform): void => {
    const size = sizeOf(header)
    left = Math.ceil(size / BLOCK) * BLOCK
    if (isFile(header) && nameOf(header) === name && size <= MAX_FILE_BYTES)
      wanted = { chunks: [], size }
    out.push(header)
    header = Buffer.alloc(0)
    if (left === 0) finishWanted(out)
  }

  const take = (out: Transform, chunk: Buffer): void => {
    let at = 0
    while (at < chunk.length) {
      if (left === 0) {
        const end = Math.min(chunk.length, at + BLOCK - header.length)
        header = Buffer.concat([header, chunk.subarray(at, end)])
        at = end
        if (header.length === BLOCK) takeHeader(out)
        continue
      }
      const end = Math.min(chunk.length, at + left)
      left -= end - at
      if (wanted) wanted.chunks.push(chunk.subarray(at, end))
      else out.push(chunk.subarray(at, end))
      at = end
      if (left === 0) finishWanted(out)
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
  })
}

const isFile = (header: Buffer): boolean => header[156] === 0x30 || header[156] === 0

const nameOf = (header: Buffer): string =>
  header.toString('utf8', 0, 100).replace(/\0.*$/s, '').replace(/^\.\//, '')

/** Octal text, or base 256 where the first bit is set. */
function sizeOf(header: Buffer): number {
  if ((header[124] ?? 0) & 0x80) return Number(header.readBigUInt64BE(128))
  const size = Number.parseInt(header.toString('latin1', 124, 136).replace(/[\0 ]+/g, '') || '0', 8)
  if (!Number.isSafeInteger(size)) throw new Error('the tar is damaged')
  return size
}
