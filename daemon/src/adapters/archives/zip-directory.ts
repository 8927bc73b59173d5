import type { FileHandle } from 'node:fs/promises'
import { type EntryKind, refused, shown } from './archive-entry.ts'
import { codePage437 } from './code-page-437.ts'

/** One line of a zip's central directory. */
export interface ZipEntry {
  path: string
  rawName: Buffer
  kind: EntryKind
  executable: boolean
  modifiedAtS: number
  /** 0: stored, 8: deflated. */
  method: number
  crc: number
  packedBytes: number
  sizeBytes: number
  /** Where its local header begins. */
  offset: number
}

const END = 0x06054b50
const END_BYTES = 22
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const LOCATOR_64_BYTES = 20
const ENTRY = 0x02014b50
const ENTRY_BYTES = 46
const MAX_COMMENT_BYTES = 65_535
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20
const MAX_32 = 0xffff_ffff
const MAX_16 = 0xffff

const UNIX = 3
const ENCRYPTED = 1
const IS_UTF8 = 0x800
const ZIP_64 = 0x0001
/** The file type in the upper half of a Unix mode. */
const TYPES: Record<number, EntryKind> = {
  0o01: 'pipe',
  0o02: 'device',
  0o04: 'directory',
  0o06: 'device',
  0o10: 'file',
  0o12: 'symlink',
  0o14: 'socket',
}

/** Everything that a zip says it holds, in the order of its directory. */
export async function readZipDirectory(
  file: FileHandle,
  sizeBytes: number,
  maxEntries: number,
): Promise<ZipEntry[]> {
  const { offset, length, count } = await findDirectory(file, sizeBytes)
  if (count > maxEntries) throw refused(`it has more than ${maxEntries} entries`)
  if (length > MAX_DIRECTORY_BYTES || offset + length > sizeBytes) throw damaged()
  const bytes = await readAt(file, offset, length)
  const entries: ZipEntry[] = []
  let at = 0
  while (at < length) {
    if (entries.length >= maxEntries) throw refused(`it has more than ${maxEntries} entries`)
    if (at + ENTRY_BYTES > length || bytes.readUInt32LE(at) !== ENTRY) throw damaged()
    const nameBytes = bytes.readUInt16LE(at + 28)
    const extraBytes = bytes.readUInt16LE(at + 30)
    const end = at + ENTRY_BYTES + nameBytes + extraBytes + bytes.readUInt16LE(at + 32)
    if (end > length) throw damaged()
    entries.push(entryAt(bytes.subarray(at, end), nameBytes, extraBytes))
    at = end
  }
  if (entries.length !== count) throw damaged()
  return entries
}

/** Reads exactly so many bytes. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) throw refused('it is cut off: its end is missing')
    done += bytesRead
  }
  return bytes
}

async function findDirectory(file: FileHandle, sizeBytes: number) {
  const tailBytes = Math.min(sizeBytes, END_BYTES + MAX_COMMENT_BYTES)
  const tail = await readAt(file, sizeBytes - tailBytes, tailBytes)
  let at = tailBytes - END_BYTES
  // The comment's length must be what follows, so that a signature inside of a comment is none.
  while (at >= 0 && !(tail.readUInt32LE(at) === END && commentEnds(tail, at))) at -= 1
  if (at < 0) throw refused('it is cut off: a zip ends with its directory, and there is none')
  if (tail.readUInt16LE(at + 4) !== 0 && tail.readUInt16LE(at + 4) !== MAX_16)
    throw refused('it is one part of several: join them to one zip')
  const found = {
    count: tail.readUInt16LE(at + 10),
    length: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  const is64 = found.count === MAX_16 || found.length === MAX_32 || found.offset === MAX_32
  const locatorAt = sizeBytes - tailBytes + at - LOCATOR_64_BYTES
  if (!is64 || locatorAt < 0) return found
  const locator = await readAt(file, locatorAt, LOCATOR_64_BYTES)
  if (locator.readUInt32LE(0) !== LOCATOR_64) return found
  const end64At = large(locator, 8)
  if (end64At + 56 > sizeBytes) throw damaged()
  const end64 = await readAt(file, end64At, 56)
  if (end64.readUInt32LE(0) !== END_64) throw damaged()
  return { count: large(end64, 32), length: large(end64, 40), offset: large(end64, 48) }
}

const commentEnds = (tail: Buffer, at: number): boolean =>
  at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length

function entryAt(bytes: Buffer, nameBytes: number, extraBytes: number): ZipEntry {
  const madeBy = bytes.readUInt8(5)
  const flags = bytes.readUInt16LE(8)
  const rawName = bytes.subarray(ENTRY_BYTES, ENTRY_BYTES + nameBytes)
  const name = nameOf(rawName, (flags & IS_UTF8) !== 0)
  // Old tools of Windows wrote its separator.
  const path = madeBy === UNIX || name.includes('/') ? name : name.replaceAll('\\', '/')
  if ((flags & ENCRYPTED) !== 0) throw refused(`${shown(path)} is encrypted`)
  const method = bytes.readUInt16LE(10)
  if (method !== 0 && method !== 8)
    throw refused(`${shown(path)} is packed in a way that is not supported: use deflate`)
  const mode = bytes.readUInt16LE(40)
  const extraAt = ENTRY_BYTES + nameBytes
  const extra = bytes.subarray(extraAt, extraAt + extraBytes)
  return {
    path,
    rawName,
    kind: kindOf(madeBy, mode, path),
    executable: madeBy === UNIX && (mode & 0o111) !== 0,
    modifiedAtS: timeOf(bytes.readUInt16LE(14), bytes.readUInt16LE(12)),
    method,
    crc: bytes.readUInt32LE(16),
    ...sizesOf(bytes, extra),
  }
}

function kindOf(madeBy: number, mode: number, path: string): EntryKind {
  const byName = path.endsWith('/') ? 'directory' : 'file'
  if (madeBy !== UNIX || mode >> 12 === 0) return byName
  const kind = TYPES[mode >> 12]
  if (kind === undefined) throw refused(`${shown(path)} is of a kind that is not known`)
  return kind === 'file' ? byName : kind
}

/** Those that are too large for their field stand in the note for large zips, in this order. */
function sizesOf(bytes: Buffer, extra: Buffer) {
  const large64 = noteOf(extra)
  let at = 0
  const next = (small: number): number => {
    if (small !== MAX_32) return small
    if (!large64 || at + 8 > large64.length) throw damaged()
    at += 8
    return large(large64, at - 8)
  }
  const sizeBytes = next(bytes.readUInt32LE(24))
  const packedBytes = next(bytes.readUInt32LE(20))
  const offset = next(bytes.readUInt32LE(42))
  return { sizeBytes, packedBytes, offset }
}

function noteOf(extra: Buffer): Buffer | undefined {
  let at = 0
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === ZIP_64) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

function large(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at))
  if (!Number.isSafeInteger(value)) throw damaged()
  return value
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Many tools write UTF-8 and do not say so. */
function nameOf(raw: Buffer, isUtf8: boolean): string {
  try {
    return utf8.decode(raw)
  } catch (cause) {
    if (isUtf8) throw refused(`the name ${shown(raw.toString('latin1'))} is not UTF-8`, cause)
    return codePage437(raw)
  }
}

/** The clock of DOS: local time of whoever packed it, taken as UTC. */
function timeOf(date: number, time: number): number {
  const at = Date.UTC(
    1980 + (date >> 9),
    ((date >> 5) & 15) - 1,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    (time & 31) * 2,
  )
  return Number.isFinite(at) && at > 0 ? Math.floor(at / 1_000) : 0
}

const damaged = (): Error => refused('it is damaged: its directory cannot be read')
