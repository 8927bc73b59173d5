import { CodedError } from '@vastrox/shared/errors.ts'

export const BLOCK = 512

/** What follows a header, in the terms of whoever unpacks it. */
export interface TarEntry {
  kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'pax'
  /** Without `./`, doubled and ending slashes: two spellings of a place are one. */
  path: string
  size: number
}

/** What a pax header says of the entry after it. */
export interface PaxWords {
  path?: string
  size?: number
}

// biome-ignore format: it reads as a table
const KINDS: Record<string, TarEntry['kind']> = {
  '\0': 'file', '0': 'file', '1': 'hardlink', '2': 'symlink', '3': 'device', '4': 'device',
  '5': 'directory', '6': 'device', x: 'pax',
}
/** The signatures by which an engine takes a stream for a compressed one, whatever else it is. */
const COMPRESSED = ['\x1f\x8b\x08', 'BZh', '\xfd7zXZ\0', '\x28\xb5\x2f\xfd']

/**
 * Reads a header in the one dialect that every reader of tars agrees on (ustar and pax). Throws on
 * everything that two of them may take for two different things: an entry of another kind, a size in
 * another notation, data behind something that has none, a path that leads upwards.
 */
export function readHeader(header: Buffer, pax: PaxWords): TarEntry {
  if (text(header, 257, 8) !== 'ustar\x0000' || text(header, 508, 4) === 'tar\0')
    throw strange('is in another dialect')
  const kind = KINDS[text(header, 156, 1)]
  if (kind === undefined) throw strange('holds an entry of a kind that is not allowed')
  const size = pax.size ?? octal(text(header, 124, 12))
  if (kind !== 'file' && kind !== 'pax' && size !== 0) throw strange('has data where none can be')
  const prefix = field(header, 345, 155)
  const name = field(header, 0, 100)
  return { kind, size, path: plainPath(pax.path ?? (prefix === '' ? name : `${prefix}/${name}`)) }
}

/** The header of a file with another size, and the sum that goes with it. */
export function withSize(header: Buffer, size: number): Buffer {
  const changed = Buffer.from(header)
  changed.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  changed.fill(' ', 148, 156)
  const sum = changed.reduce((total, byte) => total + byte, 0)
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return changed
}

export function refuseCompressed(firstHeader: Buffer): void {
  const start = text(firstHeader, 0, 6)
  if (COMPRESSED.some((signature) => start.startsWith(signature)))
    throw strange('begins as a compressed one does')
}

/** `length key=value\n`, one after the other; the last of two with one key counts. */
export function readPax(body: Buffer): PaxWords {
  const words: PaxWords = {}
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at)
    const digits = text(body, at, Math.max(0, space - at))
    const length = Number(digits)
    const record = text(body, at, length)
    const equals = record.indexOf('=')
    if (!/^[1-9]\d{0,6}$/.test(digits) || !record.endsWith('\n') || equals === -1)
      throw strange('has a damaged header')
    const key = record.slice(digits.length + 1, equals)
    const value = record.slice(equals + 1, -1)
    if (key.startsWith('GNU.sparse.')) throw strange('holds a sparse file')
    if (key === 'path' && value !== '') words.path = value
    if (key === 'size' && value !== '') words.size = decimal(value)
    at += length
  }
  return words
}

export const strange = (what: string): CodedError =>
  new CodedError('SOURCE_UNSAFE', { reason: `The tar of the source ${what}.` })

function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || path.includes('\0')) throw strange('has a path that leads elsewhere')
  return parts.join('/')
}

function octal(digits: string): number {
  const plain = digits.replace(/^[\0 ]+|[\0 ]+$/g, '')
  if (!/^[0-7]*$/.test(plain)) throw strange('has a size in another notation')
  return plain === '' ? 0 : Number.parseInt(plain, 8)
}

function decimal(digits: string): number {
  if (!/^\d{1,15}$/.test(digits)) throw strange('has a size in another notation')
  return Number(digits)
}

/** Byte for byte: what is compared with a name in ASCII needs no characters. */
const text = (bytes: Buffer, at: number, length: number): string =>
  bytes.toString('latin1', at, at + length)

const field = (header: Buffer, at: number, length: number): string =>
  text(header, at, length).replace(/\0.*$/s, '')
