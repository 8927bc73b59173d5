/** SFTP version 3, the one that every client speaks: numbers and framing. */
export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const

const REPLY = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 201,
}

export const STATUS = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const

const ATTR = { size: 0x1, owner: 0x2, permissions: 0x4, times: 0x8, extended: 0x80000000 }
const TYPE_LETTERS = { file: '-', directory: 'd', symlink: 'l' }
const TYPE_BITS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 }

/** As OpenSSH has them: bigger ones are no packet of a client that behaves. */
export const MAX_PACKET = 256 * 1_024
/** Room for the rest of a packet. */
export const MAX_DATA = MAX_PACKET - 1_024

export class SftpProtocolError extends Error {
  override name = 'SftpProtocolError'
}

/** What clients are told of a file. */
export interface Attributes {
  kind: 'file' | 'directory' | 'symlink'
  sizeBytes: number
  mode: number
  modifiedAtS: number
}

/** What clients want to be so; owner and group are read over. */
export interface WantedAttributes {
  sizeBytes?: number
  mode?: number
  modifiedAtS?: number
}

/** Of buffers that are kept for the next packet. */
const MAX_SPARE = 16

/**
 * Takes a stream apart into packets without their length; keeps what has not come in whole. Packets
 * that came in pieces lie in buffers which are used again: `release` says that nobody looks at one any
 * more. A buffer for each would be a heap that grows by the size of the upload until it is collected.
 */
export function createPacketReader() {
  const spare: Buffer[] = []
  const ours = new WeakSet<ArrayBufferLike>()
  const head = Buffer.alloc(4)
  let headBytes = 0
  let packet: Buffer | undefined
  let filled = 0

  function bufferOf(length: number): Buffer {
    const whole = spare.pop() ?? Buffer.allocUnsafeSlow(MAX_PACKET)
    ours.add(whole.buffer)
    return whole.subarray(0, length)
  }

  function release(done: Buffer): void {
    if (!ours.has(done.buffer) || spare.length >= MAX_SPARE) return
    spare.push(Buffer.from(done.buffer))
  }

  function* packetsOf(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length; ) {
      if (headBytes < 4) {
        const taken = Math.min(4 - headBytes, chunk.length - at)
        chunk.copy(head, headBytes, at, at + taken)
        headBytes += taken
        at += taken
        continue
      }
      const length = head.readUInt32BE(0)
      if (length === 0 || length > MAX_PACKET)
        throw new SftpProtocolError(`a packet of ${length} bytes`)
      // Whole in this chunk: no copy.
      if (!packet && chunk.length - at >= length) {
        yield chunk.subarray(at, at + length)
        at += length
        headBytes = 0
        continue
      }
      packet ??= bufferOf(length)
      const taken = Math.min(length - filled, chunk.length - at)
      chunk.copy(packet, filled, at, at + taken)
      filled += taken
      at += taken
      if (filled < length) continue
      const whole = packet
      packet = undefined
      filled = 0
      headBytes = 0
      yield whole
    }
  }

  return { packetsOf, release }
}

/** Reads the fields of one packet, in order. Throws SftpProtocolError where it is too short. */
export function createFields(packet: Buffer, from: number) {
  let at = from
  const take = (bytes: number): number => {
    const start = at
    if (start + bytes > packet.length) throw new SftpProtocolError('a packet is too short')
    at += bytes
    return start
  }
  const u32 = (): number => packet.readUInt32BE(take(4))
  /** Beyond 2^53 there is no file: the largest number we know then, which every file is shorter than. */
  const u64 = (): number =>
    Math.min(Number(packet.readBigUInt64BE(take(8))), Number.MAX_SAFE_INTEGER)
  const bytes = (): Buffer => {
    const length = u32()
    const start = take(length)
    return packet.subarray(start, start + length)
  }
  const text = (): string => bytes().toString()

  return {
    u32,
    u64,
    bytes,
    text,
    attributes(): WantedAttributes {
      const flags = u32()
      const wanted: WantedAttributes = {}
      if (flags & ATTR.size) wanted.sizeBytes = u64()
      if (flags & ATTR.owner) take(8)
      if (flags & ATTR.permissions) wanted.mode = u32() & 0o777
      if (flags & ATTR.times) {
        u32()
        wanted.modifiedAtS = u32()
      }
      // Pairs of strings that nobody knows.
      if (flags & ATTR.extended) for (let left = Math.min(u32(), 100); left > 0; left--) bytes()
      return wanted
    },
  }
}
export type Fields = ReturnType<typeof createFields>

function packet(type: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 1
  for (const part of parts) length += part.length
  const bytes = Buffer.allocUnsafe(4 + length)
  bytes.writeUInt32BE(length, 0)
  bytes[4] = type
  let at = 5
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4)
  return bytes
}

function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8)
  for (const [at, value] of values.entries())
    bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.round(value))), at * 8)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u32(bytes.length), bytes])
}

export const versionPacket = (extensions: Readonly<Record<string, string>>): Buffer =>
  packet(REPLY.version, u32(3), ...Object.entries(extensions).flat().map(text))

export const statusPacket = (id: number, status: number, message: string): Buffer =>
  packet(REPLY.status, u32(id, status), text(message), text('en'))

export const handlePacket = (id: number, handle: number): Buffer =>
  packet(REPLY.handle, u32(id, 4, handle))

/** What stands in front of so many bytes: they are sent as they were read. */
export function dataHead(id: number, length: number): Buffer {
  const head = packet(REPLY.data, u32(id, length))
  head.writeUInt32BE(head.length - 4 + length, 0)
  return head
}

export const attributesPacket = (id: number, attributes: Attributes): Buffer =>
  packet(REPLY.attrs, u32(id), attributeBytes(attributes))

/** Of a path alone: what it leads to is not looked at. */
export const pathPacket = (id: number, path: string): Buffer =>
  packet(REPLY.name, u32(id, 1), text(path), text(path), u32(0))

export const entriesPacket = (
  id: number,
  entries: readonly { name: string; stat: Attributes }[],
  now: Date,
): Buffer =>
  packet(
    REPLY.name,
    u32(id, entries.length),
    ...entries.flatMap(({ name, stat }) => [
      text(name),
      text(longName(name, stat, now)),
      attributeBytes(stat),
    ]),
  )

export const numbersPacket = (id: number, ...values: readonly number[]): Buffer =>
  packet(REPLY.extended, u32(id), u64(...values))

function attributeBytes({ kind, sizeBytes, mode, modifiedAtS }: Attributes): Buffer {
  const time = Math.min(0xffffffff, Math.max(0, Math.floor(modifiedAtS)))
  return Buffer.concat([
    u32(ATTR.size | ATTR.owner | ATTR.permissions | ATTR.times),
    u64(sizeBytes),
    u32(0, 0, TYPE_BITS[kind] | (mode & 0o777), time, time),
  ])
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const HALF_A_YEAR_S = 182 * 86_400

/** As `ls -l` prints it: OpenSSH's client shows this text as it is. */
export function longName(name: string, stat: Attributes, now: Date): string {
  const { kind, sizeBytes, mode, modifiedAtS } = stat
  const type = TYPE_LETTERS[kind]
  const bits = Array.from('rwxrwxrwx', (letter, at) => (mode & (0o400 >> at) ? letter : '-')).join(
    '',
  )
  const at = new Date(modifiedAtS * 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const isRecent = Math.abs(now.getTime() / 1_000 - modifiedAtS) < HALF_A_YEAR_S
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`
  const time = isRecent
    ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
    : ` ${at.getUTCFullYear()}`
  return `${type}${bits}    1 vastrox  vastrox  ${String(sizeBytes).padStart(8)} ${day} ${time} ${name}`
}
