import { type FileHandle, open } from 'node:fs/promises'

/** What is read at once, at first: people look at the end of logs. */
const FIRST_BYTES = 16_384
const MOST_BYTES = 262_144
/** Of a longer line the beginning alone is kept in memory. */
const MAX_LINE_BYTES = 2 ** 20
const SHOWN_BYTES = 16_384
const NEWLINE = 10
const NOTHING = Buffer.alloc(0)

/**
 * The lines of a file, the last first, some at a time. What has no end yet is left out: it is being
 * written. A file that is not there has none.
 */
export async function* linesBackwards(path: string): AsyncGenerator<string[], void, undefined> {
  const file = await openThere(path)
  if (!file) return
  try {
    let { size: end } = await file.stat()
    /** Of a line whose beginning is further in front. */
    let rest: Buffer = NOTHING
    let isUnfinished = true
    for (let bytes = FIRST_BYTES; end > 0; bytes = Math.min(MOST_BYTES, bytes * 4)) {
      const from = Math.max(0, end - bytes)
      let content = Buffer.concat([await read(file, from, end), rest])
      end = from
      if (isUnfinished) {
        const last = content.lastIndexOf(NEWLINE)
        if (last === -1) continue
        content = content.subarray(0, last)
        isUnfinished = false
      }
      const cut = from === 0 ? -1 : content.indexOf(NEWLINE)
      if (from > 0 && cut === -1) {
        rest = content.length > MAX_LINE_BYTES ? content.subarray(0, SHOWN_BYTES) : content
        continue
      }
      rest = cut === -1 ? NOTHING : content.subarray(0, cut)
      const lines = content
        .subarray(cut + 1)
        .toString()
        .split('\n')
      yield lines.toReversed().map((line) => line.slice(0, SHOWN_BYTES))
    }
  } finally {
    await file.close()
  }
}

async function openThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Less than was asked for where the file was emptied meanwhile. */
async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}
