/** Whole numbers from 0 in as few bytes as they need: seven bits each. */
export function createByteWriter(size = 1_024) {
  let bytes = Buffer.allocUnsafe(size)
  let length = 0

  function makeRoom(more: number): void {
    if (length + more <= bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, length + more))
    bytes.copy(larger, 0, 0, length)
    bytes = larger
  }

  function unsigned(value: number): void {
    makeRoom(MOST_BYTES)
    let rest = value
    while (rest >= 0x80) {
      bytes[length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    bytes[length++] = rest
  }

  return {
    get length(): number {
      return length
    },
    unsigned,
    /** Small ones of both signs stay short. */
    signed: (value: number): void => unsigned(value < 0 ? -value * 2 - 1 : value * 2),
    /** Four bytes, whatever it is. */
    fixed(value: number): void {
      makeRoom(FIXED_BYTES)
      length = bytes.writeUInt32LE(value, length)
    },
    append(more: Uint8Array): void {
      makeRoom(more.length)
      bytes.set(more, length)
      length += more.length
    },
    /** A view, until more is written. */
    view: (): Buffer => bytes.subarray(0, length),
    clear(): void {
      length = 0
    },
  }
}
export type ByteWriter = ReturnType<typeof createByteWriter>

/** Of 2^53. */
const MOST_BYTES = 8
export const FIXED_BYTES = 4

export function createByteReader(bytes: Buffer, from = 0, end = bytes.length) {
  let at = from

  function unsigned(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined || at > end) throw new RangeError('a number is cut off')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  return {
    get isAtEnd(): boolean {
      return at >= end
    },
    get at(): number {
      return at
    },
    unsigned,
    signed(): number {
      const value = unsigned()
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    },
    skip(count: number): void {
      at += count
    },
  }
}
export type ByteReader = ReturnType<typeof createByteReader>

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)
/** Of the 23 bits behind the point of a float: what is left is within 0.02 % of the number. */
const DROPPED_BITS = 11
const HALF = 1 << (DROPPED_BITS - 1)

/** A number with three and a half digits, as a whole number that rises with it. */
export function codeOfFloat(value: number): number {
  float[0] = value
  return ((bits[0] ?? 0) + HALF) >>> DROPPED_BITS
}

export function floatOfCode(code: number): number {
  bits[0] = code << DROPPED_BITS
  return float[0] ?? 0
}

/** A histogram: bucket, count, bucket, count; only buckets that hold anything, in order. */
export function writeHistogram(writer: ByteWriter, times: readonly number[]): void {
  writer.unsigned(times.length / 2)
  let last = -1
  for (let at = 0; at < times.length; at += 2) {
    const bucket = times[at] ?? 0
    writer.unsigned(bucket - last - 1)
    writer.unsigned(times[at + 1] ?? 0)
    last = bucket
  }
}

export function readHistogram(reader: ByteReader): number[] {
  const times: number[] = []
  let bucket = -1
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    bucket += reader.unsigned() + 1
    times.push(bucket, reader.unsigned())
  }
  return times
}
