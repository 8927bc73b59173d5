import type { FileHandle } from 'node:fs/promises'
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib'
import { type ArchiveEntry, refused, shown, tooMuch } from './archive-entry.ts'
import { readAt, readZipDirectory, type ZipEntry } from './zip-directory.ts'

const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
const CHUNK_BYTES = 65_536
const MAX_TARGET_BYTES = 4_095

/** The entries of a zip, zip64 included, as its directory lists them. */
export async function* readZip(
  file: FileHandle,
  sizeBytes: number,
  { maxEntries, maxBytes }: { maxEntries: number; maxBytes: number },
): AsyncGenerator<ArchiveEntry> {
  const entries = await readZipDirectory(file, sizeBytes, maxEntries)
  mustNotOverlap(entries)
  if (entries.reduce((sum, entry) => sum + entry.sizeBytes, 0) > maxBytes) throw tooMuch()
  for (const entry of entries) {
    const isLink = entry.kind === 'symlink'
    if (isLink && entry.sizeBytes > MAX_TARGET_BYTES)
      throw refused(`the link ${shown(entry.path)} leads to a name that is too long`)
    const { path, kind, executable, modifiedAtS } = entry
    yield {
      path,
      kind,
      executable,
      modifiedAtS,
      sizeBytes: kind === 'file' ? entry.sizeBytes : 0,
      target: isLink ? await textOf(contentOf(file, entry)) : '',
      content: () => contentOf(file, entry),
    }
  }
}

/** Bombs of the kind that unpack the same bytes many times over. */
function mustNotOverlap(entries: readonly ZipEntry[]): void {
  const sorted = entries.toSorted((one, other) => one.offset - other.offset)
  let end = 0
  for (const { path, offset, rawName, packedBytes } of sorted) {
    if (offset < end) throw refused(`${shown(path)} lies inside of another entry`)
    end = offset + LOCAL_BYTES + rawName.length + packedBytes
  }
}

async function* contentOf(file: FileHandle, entry: ZipEntry): AsyncGenerator<Buffer> {
  const packed = packedOf(file, entry)
  let sizeBytes = 0
  let crc = 0
  for await (const chunk of entry.method === 0 ? packed : inflated(packed, entry)) {
    sizeBytes += chunk.length
    if (sizeBytes > entry.sizeBytes)
      throw refused(`${shown(entry.path)} is larger than the zip says`)
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (sizeBytes !== entry.sizeBytes || crc !== entry.crc)
    throw refused(`${shown(entry.path)} is damaged: its checksum is wrong`)
}

async function* packedOf(file: FileHandle, entry: ZipEntry): AsyncGenerator<Buffer> {
  const head = await readAt(file, entry.offset, LOCAL_BYTES)
  const nameBytes = head.readUInt16LE(26)
  if (head.readUInt32LE(0) !== LOCAL || nameBytes !== entry.rawName.length)
    throw refused(`${shown(entry.path)} is called something else where its content lies`)
  const name = await readAt(file, entry.offset + LOCAL_BYTES, nameBytes)
  if (!name.equals(entry.rawName))
    throw refused(`${shown(entry.path)} is called something else where its content lies`)
  let at = entry.offset + LOCAL_BYTES + nameBytes + head.readUInt16LE(28)
  for (let left = entry.packedBytes; left > 0; ) {
    const bytes = await readAt(file, at, Math.min(left, CHUNK_BYTES))
    left -= bytes.length
    at += bytes.length
    yield bytes
  }
}

async function* inflated(packed: AsyncGenerator<Buffer>, entry: ZipEntry): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw()
  const feeding = (async () => {
    for await (const chunk of packed) {
      if (inflate.destroyed) return
      if (!inflate.write(chunk)) await untilDrained(inflate)
    }
    inflate.end()
  })()
  feeding.catch((error: Error) => inflate.destroy(error))
  try {
    yield* inflate
    await feeding
  } catch (cause) {
    if (isZlib(cause))
      throw refused(`${shown(entry.path)} is damaged and cannot be unpacked`, cause)
    throw cause
  } finally {
    inflate.destroy()
  }
}

function untilDrained(inflate: InflateRaw): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  inflate.once('drain', resolve)
  inflate.once('close', resolve)
  return promise
}

const isZlib = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(Z_|ERR_)/.test(error.code)

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
