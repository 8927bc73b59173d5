import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { type ArchiveEntry, refused, tooMuch } from './archive-entry.ts'
import { readTar } from './tar-reader.ts'
import { readZip } from './zip-reader.ts'

export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.zst' | 'zip'

interface Limits {
  maxEntries: number
  /** Unpacked bytes for each byte of the archive. */
  maxRatio: number
}

/** Small archives may be packed better than that: empty tars are nearly all zeros. */
const FREE_BYTES = 2 ** 20
const NOT_OURS: readonly (readonly [magic: string, name: string])[] = [
  ['377abcaf271c', '7z'],
  ['526172211a07', 'RAR'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['04224d18', 'lz4'],
]
const USE = 'use zip, tar, tar.gz or tar.zst'

/** Finds out by its first bytes what an archive is, and reads its entries within the limits. */
export async function openArchive(
  path: string,
  limits: Limits,
): Promise<{
  format: ArchiveFormat
  entries: AsyncIterable<ArchiveEntry>
  close(): Promise<void>
}> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const format = await formatOf(file, size)
    const maxBytes = size * limits.maxRatio + FREE_BYTES
    const { maxEntries } = limits
    const entries =
      format === 'zip'
        ? readZip(file, size, { maxEntries, maxBytes })
        : readTar(unpacked(createReadStream(path), format, maxBytes))
    return { format, entries, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function formatOf(file: FileHandle, size: number): Promise<ArchiveFormat> {
  if (size === 0) throw refused('it is empty')
  const head = Buffer.alloc(512)
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  const hex = head.toString('hex', 0, 8)
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip'
  if (hex.startsWith('1f8b')) return 'tar.gz'
  if (hex.startsWith('28b52ffd')) return 'tar.zst'
  if (bytesRead === 512 && isTar(head)) return 'tar'
  const other = NOT_OURS.find(([magic]) => hex.startsWith(magic))
  throw refused(other ? `it is packed with ${other[1]}: ${USE}` : `it is no archive: ${USE}`)
}

/** Those from before POSIX have no mark, only a checksum. */
const isTar = (head: Buffer): boolean =>
  head.toString('latin1', 257, 262) === 'ustar' ||
  /^[0-7 ]{6}[\0 ]/.test(head.toString('latin1', 148, 155)) ||
  head.every((byte) => byte === 0)

async function* unpacked(
  packed: Readable,
  format: ArchiveFormat,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const transform = unpackerOf(format)
  if (transform) packed.on('error', (error) => transform.destroy(error))
  const stream: AsyncIterable<Buffer> = transform ? packed.pipe(transform) : packed
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (transform && bytes > maxBytes) throw tooMuch()
      yield chunk
    }
  } catch (cause) {
    const isPacking = cause instanceof Error && 'errno' in cause && 'code' in cause
    throw isPacking ? refused('it is damaged and cannot be unpacked', cause) : cause
  } finally {
    packed.destroy()
    transform?.destroy()
  }
}

const unpackerOf = (format: ArchiveFormat): Transform | undefined => {
  if (format === 'tar.gz') return createGunzip()
  return format === 'tar.zst' ? createZstdDecompress() : undefined
}
