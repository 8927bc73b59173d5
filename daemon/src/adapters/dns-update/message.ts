/** Messages of the DNS, as far as updates need them (RFC 1035, 2136, 8945). */

export const TYPE = { SOA: 6, TXT: 16, TSIG: 250 } as const
export const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const
const OPCODE_UPDATE = 5 << 11
const MOST_JUMPS = 64

/** `_acme-challenge.example.com` → labels with their lengths, in lower case. */
export function nameBytes(name: string): Buffer {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.')
  const parts = labels
    .filter((label) => label !== '')
    .map((label) => {
      const bytes = Buffer.from(label)
      if (bytes.length > 63) throw new Error(`${name} is no name`)
      return Buffer.concat([Buffer.from([bytes.length]), bytes])
    })
  return Buffer.concat([...parts, Buffer.from([0])])
}

export const number16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])
export const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function record(
  name: string,
  type: number,
  kind: number,
  ttlSeconds: number,
  data: Buffer,
): Buffer {
  return Buffer.concat([
    nameBytes(name),
    number16(type),
    number16(kind),
    number32(ttlSeconds),
    number16(data.length),
    data,
  ])
}

/** One text, in strings of at most 255 bytes. */
export function textData(value: string): Buffer {
  const bytes = Buffer.from(value)
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length || at === 0; at += 255) {
    const part = bytes.subarray(at, at + 255)
    parts.push(Buffer.from([part.length]), part)
  }
  return Buffer.concat(parts)
}

/** An update of the zone, without a signature. */
export const updateMessage = (id: number, zone: string, change: Buffer): Buffer =>
  Buffer.concat([
    number16(id),
    number16(OPCODE_UPDATE),
    ...[1, 0, 1, 0].map(number16),
    nameBytes(zone),
    number16(TYPE.SOA),
    number16(CLASS.IN),
    change,
  ])

export interface Answer {
  id: number
  code: number
  /** Where its signature begins, and what is in it; undefined where there is none. */
  signature: { at: number; data: Buffer } | undefined
}

/** Throws for what is no message. */
export function readAnswer(message: Buffer): Answer {
  if (message.length < 12) throw new Error('the answer is too short')
  const counts = [4, 6, 8, 10].map((at) => message.readUInt16BE(at))
  const [questions = 0, ...others] = counts
  let at = 12
  for (let left = questions; left > 0; left -= 1) at = skipName(message, at) + 4
  let signature: Answer['signature']
  for (let left = others.reduce((sum, each) => sum + each, 0); left > 0; left -= 1) {
    const begin = at
    at = skipName(message, at)
    const type = message.readUInt16BE(at)
    const length = message.readUInt16BE(at + 8)
    if (type === TYPE.TSIG && left === 1)
      signature = { at: begin, data: message.subarray(at + 10, at + 10 + length) }
    at += 10 + length
    if (at > message.length) throw new Error('the answer is cut off')
  }
  return { id: message.readUInt16BE(0), code: message.readUInt16BE(2) & 0xf, signature }
}

/** Behind the name; a pointer ends it. */
export function skipName(message: Buffer, from: number): number {
  let at = from
  for (let labels = 0; labels < MOST_JUMPS * 2; labels += 1) {
    const length = message.readUInt8(at)
    if (length >= 0xc0) return at + 2
    if (length === 0) return at + 1
    at += length + 1
  }
  throw new Error('a name has no end')
}
