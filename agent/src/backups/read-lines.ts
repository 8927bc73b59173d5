import type { Readable } from 'node:stream'

const MAX_LINE_BYTES = 2 ** 20

/** The lines of a text; what is longer than a megabyte is cut, and an unfinished last one counts. */
export async function* readLines(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10)) {
      yield bytes.toString('utf8', 0, at)
      bytes = bytes.subarray(at + 1)
    }
    rest = Buffer.from(bytes.subarray(0, MAX_LINE_BYTES))
  }
  if (rest.length > 0) yield rest.toString('utf8')
}
