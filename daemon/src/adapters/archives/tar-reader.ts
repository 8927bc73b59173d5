import { type ArchiveEntry, type EntryKind, refused, shown } from './archive-entry.ts'
import { type ByteReader, createByteReader } from './byte-reader.ts'

const BLOCK = 512
/** A name is at most 4,096 bytes; what else stands there is small too. Held in memory. */
const MAX_EXTENSION_BYTES = 2 ** 20

const KINDS: Record<string, EntryKind> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'pipe',
}

/** What precedes an entry and is said of it. */
type Extensions = Map<string, string>

/**
 * The entries of a tar (ustar, pax, GNU, v7) in their order. What precedes an entry is read within
 * limits: a long name of a gigabyte is refused, not held.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const reader = createByteReader(source)
  try {
    let isEmpty = true
    let said: Extensions = new Map()
    let saidBytes = 0
    for (;;) {
      const block = await reader.read(BLOCK)
      if (block.length === 0 && !isEmpty && said.size === 0) return
      if (block.length < BLOCK) throw cutOff()
      if (block.every((byte) => byte === 0)) return
      isEmpty = false
      mustAddUp(block)
      const type = String.fromCharCode(block[156] ?? 0)
      const sizeBytes = numberAt(block, 124, 12)
      if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
        saidBytes += sizeBytes
        if (saidBytes > MAX_EXTENSION_BYTES) throw tooLong()
        const bytes = await extension(reader, sizeBytes)
        if (type === 'x') said = new Map([...said, ...paxRecords(bytes)])
        if (type === 'L') said.set('path', textOf(withoutEnd(bytes)))
        if (type === 'K') said.set('linkpath', textOf(withoutEnd(bytes)))
        continue
      }
      if (type === 'V') continue
      yield* entryOf(reader, block, type, said)
      said = new Map()
      saidBytes = 0
    }
  } finally {
    await reader.close()
  }
}

async function* entryOf(
  reader: ByteReader,
  block: Buffer,
  type: string,
  said: Extensions,
): AsyncGenerator<ArchiveEntry> {
  const path = said.get('path') ?? pathAt(block)
  const known = KINDS[type]
  if (type === 'S' || [...said.keys()].some((key) => key.startsWith('GNU.sparse')))
    throw refused(`${shown(path)} is stored as a file with holes: pack it without --sparse`)
  if (known === undefined)
    throw refused(`${shown(path)} is of a kind that is not known (${shown(type)})`)
  const kind = known === 'file' && path.endsWith('/') ? 'directory' : known
  const sizeBytes = kind === 'file' ? sizeOf(said, block) : 0
  const skipped = kind === 'file' ? 0 : sizeOf(said, block)
  let unread = sizeBytes
  async function* content(): AsyncGenerator<Buffer> {
    for await (const chunk of reader.stream(unread, cutOff)) {
      unread -= chunk.length
      yield chunk
    }
  }
  yield {
    path,
    kind,
    sizeBytes,
    executable: (numberAt(block, 100, 8) & 0o111) !== 0,
    modifiedAtS: timeOf(said, block),
    target: said.get('linkpath') ?? textAt(block, 157, 100),
    content,
  }
  const padding = (BLOCK - ((sizeBytes + skipped) % BLOCK)) % BLOCK
  // A link or a directory that claims to have content: only tars from before POSIX did, with none.
  if (kind !== 'file' && kind !== 'hard-link' && skipped > 0)
    throw refused(`${shown(path)} is no file and has content all the same`)
  const rest = unread + (kind === 'hard-link' ? 0 : padding)
  for await (const chunk of reader.stream(rest, cutOff)) void chunk
}

async function extension(reader: ByteReader, sizeBytes: number): Promise<Buffer> {
  const whole = Math.ceil(sizeBytes / BLOCK) * BLOCK
  const bytes = Buffer.from(await reader.read(whole))
  if (bytes.length < whole) throw cutOff()
  return bytes.subarray(0, sizeBytes)
}

/** `<length> <key>=<value>\n`, the length being that of the whole record. */
function paxRecords(bytes: Buffer): Extensions {
  const records: Extensions = new Map()
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('latin1', at, space === -1 ? at : space))
    const record = bytes.subarray(space + 1, at + length - 1)
    const equals = record.indexOf(0x3d)
    if (space === -1 || !Number.isSafeInteger(length) || length < 5 || equals === -1)
      throw refused('a note before an entry cannot be read')
    if (at + length > bytes.length) throw refused('a note before an entry cannot be read')
    records.set(record.toString('latin1', 0, equals), textOf(record.subarray(equals + 1)))
    at += length
  }
  return records
}

function mustAddUp(block: Buffer): void {
  let sum = 0
  let signed = 0
  for (const [at, byte] of block.entries()) {
    const value = at >= 148 && at < 156 ? 0x20 : byte
    sum += value
    signed += value > 127 ? value - 256 : value
  }
  const stored = numberAt(block, 148, 8)
  if (stored !== sum && stored !== signed) throw refused('it is damaged: a checksum is wrong')
}

/** Octal digits, or big-endian bytes where the first one says so. */
function numberAt(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) throw refused('a number in it is negative')
    let value = first & 0x3f
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte
    if (!Number.isSafeInteger(value)) throw refused('a number in it is too large')
    return value
  }
  const text = textAt(block, at, length).trim()
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw refused('it is damaged: a number cannot be read')
  return Number.parseInt(text, 8)
}

function sizeOf(said: Extensions, block: Buffer): number {
  const text = said.get('size')
  if (text === undefined) return numberAt(block, 124, 12)
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
    throw refused('it is damaged: a size cannot be read')
  return value
}

function timeOf(said: Extensions, block: Buffer): number {
  const text = said.get('mtime')
  const seconds = text === undefined ? numberAt(block, 136, 12) : Number(text)
  return Number.isFinite(seconds) && seconds > 0 && seconds < 2 ** 33 ? Math.floor(seconds) : 0
}

function pathAt(block: Buffer): string {
  const name = textAt(block, 0, 100)
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isUstar ? textAt(block, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const textAt = (block: Buffer, at: number, length: number): string =>
  textOf(withoutEnd(block.subarray(at, at + length)))

function withoutEnd(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end === -1 ? bytes : bytes.subarray(0, end)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw refused(`the name ${shown(bytes.toString('latin1'))} is not UTF-8`, cause)
  }
}

const tooLong = (): Error => refused('a name or note in it is longer than a megabyte')
const cutOff = (): Error => refused('it is cut off: its end is missing')
