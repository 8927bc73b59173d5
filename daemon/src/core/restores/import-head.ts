import { Readable } from 'node:stream'

/** Enough to tell what a file is: the first block of a tar, the head of a dump. */
const HEAD_BYTES = 64 * 1_024

/** The first bytes of a body, and the whole of it, those bytes too. */
export async function readHead(body: Readable): Promise<{ head: Buffer; whole: Readable }> {
  const chunks: Buffer[] = []
  const rest = body[Symbol.asyncIterator]()
  let isEnded = false
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const { value, done } = await rest.next()
    if (done === true) {
      isEnded = true
      break
    }
    const chunk = Buffer.from(value)
    chunks.push(chunk)
    bytes += chunk.length
  }

  async function* again(): AsyncGenerator<Buffer> {
    yield* chunks
    if (isEnded) return
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield Buffer.from(next.value)
  }
  return {
    head: Buffer.concat(chunks).subarray(0, HEAD_BYTES),
    whole: Readable.from(again(), { objectMode: false }),
  }
}
