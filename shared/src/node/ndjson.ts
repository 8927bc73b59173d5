import type { Readable } from 'node:stream'

/**
 * The lines of a stream of newline-delimited JSON, parsed. Throws on a line longer than
 * `maxLineBytes` or that is not JSON; an unfinished last line is ignored.
 */
export async function* readNdjson(stream: Readable, maxLineBytes = 64 * 2 ** 20): AsyncGenerator {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of stream) {
    let from = 0
    const bytes: Buffer = chunk
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
      const line =
        rest.length === 0
          ? bytes.toString('utf8', from, at)
          : Buffer.concat([...rest, bytes.subarray(from, at)]).toString()
      rest = []
      restBytes = 0
      from = at + 1
      if (line !== '') yield JSON.parse(line)
    }
    if (from < bytes.length) {
      rest.push(bytes.subarray(from))
      restBytes += bytes.length - from
      if (restBytes > maxLineBytes) throw new Error('a line of the stream is too long')
    }
  }
}
