interface Answer {
  status: number
  body: string
  keepAlive: boolean
}

/** Collects one HTTP/1.1 answer. Simple on purpose: an answer that is not whole is no answer. */
export function createAnswerReader() {
  let bytes: Buffer = Buffer.alloc(0)

  return {
    add(chunk: Buffer): void {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
    },

    /** The answer, once all of it is there. `ended`: the server has sent its FIN. */
    take(ended: boolean): Answer | undefined {
      const end = bytes.indexOf('\r\n\r\n')
      if (end === -1) return undefined
      const head = bytes.toString('latin1', 0, end)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN)
      const rest = bytes.subarray(end + 4)
      const length = /^content-length: *(\d+)/im.exec(head)?.[1]
      const chunked = /^transfer-encoding: *chunked/im.test(head)
      const body = chunked
        ? dechunk(rest)
        : length === undefined
          ? ended
            ? rest
            : undefined
          : rest.length >= Number(length)
            ? rest
            : undefined
      if (!body) return undefined
      return {
        status,
        body: body.toString(),
        keepAlive: (chunked || length !== undefined) && !/^connection: *close/im.test(head),
      }
    },
  }
}

/** Undefined until the last chunk is there. */
function dechunk(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const from = lineEnd + 2
    if (bytes.length < from + size + 2) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(bytes.subarray(from, from + size))
    at = from + size + 2
  }
}
