export interface LogFrame {
  stream: 'stdout' | 'stderr'
  payload: Buffer
}

const HEADER_BYTES = 8

/**
 * Takes the engine's multiplexed stream apart: 1 byte stream, 3 unused, 4 big-endian length, then
 * the payload. Gives the frames that are complete; keeps the rest for the next chunk.
 */
export function createFrameDecoder() {
  let rest: Buffer = Buffer.alloc(0)

  return function decode(chunk: Buffer): LogFrame[] {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const frames: LogFrame[] = []
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUInt32BE(4)
      if (rest.length < end) break
      frames.push({
        stream: rest[0] === 2 ? 'stderr' : 'stdout',
        payload: rest.subarray(HEADER_BYTES, end),
      })
      rest = rest.subarray(end)
    }
    return frames
  }
}
