import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AccessLine, type AccessLogFilter } from '@vastrox/shared/traffic.ts'
import type { AccessLogs } from '#ports/access-logs.ts'

/** A search gives up here: about 200,000 requests. */
const MAX_SEARCHED_BYTES = 64 * 2 ** 20
const FILE_NAME = /^\d{4}-\d\d-\d\dT\d\d\.\d{3}\.log$/
const CHUNK_BYTES = 256 * 1_024

/** Reads what `proxy/access-log.ts` writes; the daemon may read that directory, and no more. */
export const createAccessLogFiles = (directory: string): AccessLogs => ({
  async *all(appId, filter) {
    for (const name of await namesOf(directory, appId))
      for await (const line of linesOf(join(directory, appId, name))) {
        const read = readLine(line)
        if (read && isWanted(read, filter)) yield read
      }
  },

  async tail(appId, filter, limit, after) {
    const found: AccessLine[] = []
    let searched = 0
    for (const name of (await namesOf(directory, appId)).toReversed()) {
      if (after !== undefined && name.slice(0, 13) < after.slice(0, 13)) break
      for await (const line of linesFromEnd(join(directory, appId, name))) {
        searched += line.length
        if (searched > MAX_SEARCHED_BYTES) return found.toReversed()
        const read = readLine(line)
        if (!read || !isWanted(read, filter)) continue
        // Several workers write in turn: what is a second older may still be followed by newer lines.
        if (after !== undefined && read.time <= after) {
          if (Date.parse(after) - Date.parse(read.time) > 5_000) return found.toReversed()
          continue
        }
        found.push(read)
        if (found.length >= limit) return found.toReversed()
      }
    }
    return found.toReversed()
  },
})

/** Of an app's files, the oldest first. */
async function namesOf(directory: string, appId: string): Promise<string[]> {
  if (!/^[\w-]{1,80}$/.test(appId)) return []
  const names = await readdir(join(directory, appId)).catch(() => [])
  return names.filter((each) => FILE_NAME.test(each)).toSorted()
}

/** Whoever stops reading lets go of the file; one that was removed meanwhile has no lines. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  input.on('error', () => input.destroy())
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } finally {
    input.destroy()
  }
}

async function* linesFromEnd(path: string): AsyncGenerator<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return
  try {
    let end = (await file.stat()).size
    let rest = Buffer.alloc(0)
    while (end > 0) {
      const from = Math.max(0, end - CHUNK_BYTES)
      const chunk = Buffer.alloc(end - from)
      const { bytesRead } = await file.read(chunk, 0, chunk.length, from)
      const text = Buffer.concat([chunk.subarray(0, bytesRead), rest])
      end = from
      const first = from === 0 ? 0 : text.indexOf(10) + 1
      rest = from === 0 ? Buffer.alloc(0) : text.subarray(0, first)
      const lines = text.subarray(first).toString().split('\n').toReversed()
      for (const line of lines) if (line !== '') yield line
    }
  } finally {
    await file.close()
  }
}

function readLine(line: string): AccessLine | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const defaults = {
      release: null,
      instance: null,
      query: '',
      percent: 100,
      isUptimeCheck: false,
    }
    const read = AccessLine.safeParse({ ...defaults, ...Object(value) })
    return read.success ? read.data : undefined
  } catch {
    // Being written just now.
    return undefined
  }
}

const isWanted = (
  line: AccessLine,
  { status, method, path, client, checks }: AccessLogFilter,
): boolean =>
  (status === undefined ||
    (status.endsWith('xx')
      ? String(line.status).startsWith(status.slice(0, 1))
      : line.status === Number(status))) &&
  (method === undefined || line.method === method) &&
  (path === undefined || line.path.includes(path)) &&
  (client === undefined || line.client === client) &&
  (checks === undefined || line.isUptimeCheck === (checks === 'only'))
