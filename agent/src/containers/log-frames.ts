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

/**
 * The same stream for whoever needs no whole frames: payloads as they come, in pieces of the chunks
 * themselves. Nothing is copied, which is most of what a dump of gigabytes costs the agent.
 */
export function createFrameSplitter() {
  const header = Buffer.alloc(HEADER_BYTES)
  let headerBytes = 0
  let left = 0

  return function split(chunk: Buffer): LogFrame[] {
    const pieces: LogFrame[] = []
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const payload = chunk.subarray(at, at + left)
        pieces.push({ stream: header[0] === 2 ? 'stderr' : 'stdout', payload })
        left -= payload.length
        at += payload.length
        continue
      }
      const copied = chunk.copy(header, headerBytes, at)
      headerBytes += copied
      at += copied
      if (headerBytes < HEADER_BYTES) break
      headerBytes = 0
      left = header.readUInt32BE(4)
    }
    return pieces
  }
}
