/** Reads a stream of chunks by numbers of bytes. */
export function createByteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)

  async function fill(): Promise<boolean> {
    const { done, value } = await chunks.next()
    if (done === true) return false
    held = held.length === 0 ? value : Buffer.concat([held, value])
    return true
  }

  /** At most `length` of what is there, waiting only where nothing is; none at the end. */
  async function some(length: number): Promise<Buffer> {
    while (held.length === 0) if (!(await fill())) return held
    const taken = held.subarray(0, length)
    held = held.subarray(taken.length)
    return taken
  }

  return {
    /** Exactly so many bytes; fewer at the end. For small numbers: they are held at once. */
    async read(length: number): Promise<Buffer> {
      while (held.length < length) if (!(await fill())) break
      const taken = held.subarray(0, length)
      held = held.subarray(taken.length)
      return taken
    },
    /** So many bytes as they come. Throws `cutOff()` where the stream ends before. */
    async *stream(length: number, cutOff: () => Error): AsyncGenerator<Buffer> {
      let left = length
      while (left > 0) {
        const chunk = await some(left)
        if (chunk.length === 0) throw cutOff()
        left -= chunk.length
        yield chunk
      }
    },
    async close(): Promise<void> {
      await chunks.return?.()
    },
  }
}
export type ByteReader = ReturnType<typeof createByteReader>
