import type { Readable } from 'node:stream'

interface Limits {
  /** So many bytes in each `everyMs`, or it ends. */
  leastBytes: number
  everyMs: number
}

/** The chunks of a body, as long as they come fast enough; otherwise it throws what `late` gives. */
export async function* atLeastRate(
  body: Readable,
  { leastBytes, everyMs }: Limits,
  late: () => Error,
): AsyncGenerator<Buffer> {
  let received = 0
  const timer = setInterval(() => {
    if (received < leastBytes) body.destroy(late())
    received = 0
  }, everyMs)
  try {
    for await (const chunk of body) {
      const bytes: Buffer = chunk
      received += bytes.length
      yield bytes
      // What we let it wait for is not its fault.
      if (body.readableLength > 0) received = Math.max(received, leastBytes)
    }
  } finally {
    clearInterval(timer)
  }
}
