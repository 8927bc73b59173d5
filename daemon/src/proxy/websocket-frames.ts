/** `1001 going away`, unmasked as a server sends it. */
export const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

/**
 * Follows the frames of a WebSocket stream by their headers alone, to know when a frame of ours may
 * stand between two of theirs.
 */
export function createFrameFollower() {
  let header: number[] = []
  let left = 0
  let closing = false

  function headerLength(): number {
    const second = header[1]
    if (second === undefined) return 2
    const length = second & 0x7f
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0)
  }

  function payloadLength(): number {
    const length = (header[1] ?? 0) & 0x7f
    if (length < 126) return length
    let total = 0
    for (let index = 2; index < (length === 126 ? 4 : 10); index += 1)
      total = total * 256 + (header[index] ?? 0)
    return total
  }

  return {
    follow(chunk: Buffer): void {
      let at = 0
      while (at < chunk.length) {
        if (left > 0) {
          const step = Math.min(left, chunk.length - at)
          left -= step
          at += step
          continue
        }
        header.push(chunk[at] ?? 0)
        at += 1
        if (header.length < headerLength()) continue
        if (((header[0] ?? 0) & 0x0f) === 0x8) closing = true
        left = payloadLength()
        header = []
      }
    },
    /** Between two frames, with no close frame sent yet. */
    get atBorder(): boolean {
      return header.length === 0 && left === 0 && !closing
    },
  }
}
