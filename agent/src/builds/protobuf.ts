/** A field of a protobuf message: its number, and its number or bytes. */
export interface Field {
  number: number
  value: bigint | Buffer
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/**
 * The fields of a message in the order they stand in it. Enough of the wire format for the few
 * messages that BuildKit and we exchange (docs/decisions/0010); throws on anything malformed.
 */
export function* readFields(message: Buffer): Generator<Field> {
  let at = 0

  const readVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('protobuf message is cut short')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new Error('protobuf varint is too long')
  }

  const readBytes = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('protobuf message is cut short')
    at += length
    return message.subarray(at - length, at)
  }

  while (at < message.length) {
    const tag = Number(readVarint())
    const number = tag >>> 3
    switch (tag & 7) {
      case VARINT:
        yield { number, value: readVarint() }
        break
      case BYTES:
        yield { number, value: readBytes(Number(readVarint())) }
        break
      case FIXED64:
        yield { number, value: readBytes(8) }
        break
      case FIXED32:
        yield { number, value: readBytes(4) }
        break
      default:
        throw new Error(`protobuf wire type ${tag & 7} is not known`)
    }
  }
}

/** A message whose one field holds these bytes. */
export function bytesField(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | BYTES), varint(value.length), value])
}

/** A message whose one field holds this number. */
export const varintField = (number: number, value: number): Buffer =>
  Buffer.concat([varint((number << 3) | VARINT), varint(value)])

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

export const textOf = (value: bigint | Buffer): string =>
  typeof value === 'bigint' ? String(value) : value.toString('utf8')

export const bytesOf = (value: bigint | Buffer): Buffer =>
  typeof value === 'bigint' ? Buffer.alloc(0) : value
