import { execFileSync } from 'node:child_process'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'

/** One thing in an archive that a test makes; what is not said is what an honest packer writes. */
export interface Item {
  name: string | Buffer
  content?: string | Buffer
  type?: string
  mode?: number
  link?: string
  /** What the header says instead of the truth. */
  size?: number
  pax?: Record<string, string>
}

const BLOCK = 512
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])
const octal = (value: number, length: number): string =>
  `${value.toString(8).padStart(length - 1, '0')}\0`

export function tarHeader({ name, type = '0', mode = 0o644, link = '', size = 0 }: Item): Buffer {
  const head = Buffer.alloc(BLOCK)
  Buffer.from(name).copy(head, 0, 0, 100)
  head.write(octal(mode, 8), 100)
  head.write(octal(0, 8), 108)
  head.write(octal(0, 8), 116)
  head.write(octal(size, 12), 124)
  head.write(octal(1_700_000_000, 12), 136)
  head.write('        ', 148)
  head.write(type, 156)
  head.write(link.slice(0, 100), 157)
  head.write('ustar\0', 257)
  head.write('00', 263)
  let sum = 0
  for (const byte of head) sum += byte
  head.write(octal(sum, 7), 148)
  return head
}

export function tarItem(item: Item): Buffer {
  const content = Buffer.from(item.content ?? '')
  const parts: Buffer[] = []
  if (item.pax) {
    const records = Buffer.from(Object.entries(item.pax).map(paxRecord).join(''))
    parts.push(tarHeader({ name: 'pax', type: 'x', size: records.length }), padded(records))
  }
  parts.push(tarHeader({ ...item, size: item.size ?? content.length }), padded(content))
  return Buffer.concat(parts)
}

function paxRecord([key, value]: [string, string]): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + 1
  while (String(length).length + bytes !== length) length += 1
  return `${length}${rest}`
}

export const END = Buffer.alloc(BLOCK * 2)
export const tar = (...items: Item[]): Buffer => Buffer.concat([...items.map(tarItem), END])
export const gz = (bytes: Buffer): Buffer => gzipSync(bytes)
export const zst = (bytes: Buffer): Buffer => zstdCompressSync(bytes)

interface ZipItem extends Item {
  method?: number
  crc?: number
  /** The name in front of the content, where it is another one. */
  localName?: string
  flags?: number
  madeBy?: number
  /** Where the directory says that it lies. */
  offset?: number
  zip64?: boolean
}

export function zip(items: ZipItem[], { comment = '', count = items.length } = {}): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const item of items) {
    const content = Buffer.from(item.content ?? item.link ?? '')
    const method = item.method ?? 8
    const packed = method === 8 ? deflateRawSync(content) : content
    const name = Buffer.from(item.name)
    const localName = Buffer.from(item.localName ?? item.name)
    const [crc, size] = [item.crc ?? crc32(content), item.size ?? content.length]
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(item.flags ?? 0x800, 6)
    local.writeUInt16LE(method, 8)
    local.writeUInt32LE(crc, 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(localName.length, 26)
    const extra = item.zip64 ? Buffer.alloc(28) : Buffer.alloc(0)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt8(item.madeBy ?? 3, 5)
    entry.writeUInt16LE(item.flags ?? 0x800, 8)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(crc, 16)
    entry.writeUInt32LE(item.zip64 ? 0xffff_ffff : packed.length, 20)
    entry.writeUInt32LE(item.zip64 ? 0xffff_ffff : size, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt16LE(extra.length, 30)
    const type = item.type === '2' ? 0o120_000 : item.type === '3' ? 0o020_000 : 0o100_000
    entry.writeUInt16LE((item.madeBy ?? 3) === 3 ? type | (item.mode ?? 0o644) : 0, 40)
    entry.writeUInt32LE(item.zip64 ? 0xffff_ffff : (item.offset ?? at), 42)
    if (item.zip64) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      extra.writeBigUInt64LE(BigInt(size), 4)
      extra.writeBigUInt64LE(BigInt(packed.length), 12)
      extra.writeBigUInt64LE(BigInt(at), 20)
    }
    locals.push(local, localName, packed)
    entries.push(entry, name, extra)
    at += local.length + localName.length + packed.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)])
}

/** What GNU tar makes of a folder. */
export const gnuTar = (folder: string, ...options: string[]): Buffer =>
  execFileSync('tar', [...options, '-cf', '-', '-C', folder, '.'], { maxBuffer: 2 ** 26 })
