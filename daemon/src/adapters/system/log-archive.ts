import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
} from 'node:fs/promises'
import { join } from 'node:path'
import { LogLine } from '@vastrox/shared/log.ts'
import { z } from 'zod'
import type { LineToKeep, LogArchive } from '#ports/log-archive.ts'

interface Limits {
  /** A new file is begun before one grows beyond this. */
  fileBytes: number
  /** Oldest files go while an app has more than this. */
  appBytes: number
}

const LIMITS: Limits = { fileBytes: 5 * 2 ** 20, appBytes: 50 * 2 ** 20 }
const BLOCK_BYTES = 64 * 1_024
/** However long the lines are: what one `tail` may read. */
const MAX_TAIL_BYTES = 16 * 2 ** 20
/** Instances whose last time is remembered; the longest silent are forgotten first. */
const MAX_TIMES = 500

const KeptLine = LogLine.extend({ instance: z.string().nullable() })
/** First line of each file: what earlier files say about where to go on. */
const Header = z.object({ times: z.record(z.string(), z.string()) })

interface Log {
  /** Oldest first; the last one is written to. */
  files: { number: number; sizeBytes: number }[]
  times: Map<string, string>
}

/**
 * Files of JSON lines beneath `<folder>/<appId>/`. A line holds the instance it came from, so that
 * "what is kept" and "where to go on" are one write: a crash neither loses nor repeats a line.
 */
export function createLogArchive(folder: string, limits: Limits = LIMITS): LogArchive {
  const logs = new Map<string, Log>()
  const queues = new Map<string, Promise<unknown>>()

  /** One act at a time for each app. */
  function inTurn<T>(appId: string, act: () => Promise<T>): Promise<T> {
    const before = queues.get(appId) ?? Promise.resolve()
    const turn = before.then(act, act)
    queues.set(appId, turn)
    const clean = (): void => {
      if (queues.get(appId) === turn) queues.delete(appId)
    }
    turn.then(clean, clean)
    return turn
  }

  async function logOf(appId: string): Promise<Log> {
    const known = logs.get(appId)
    if (known) return known
    const log = await load(folderOf(appId))
    logs.set(appId, log)
    return log
  }

  const folderOf = (appId: string): string => {
    if (!/^[a-z0-9]{1,40}$/.test(appId)) throw new Error('that is not the id of an app')
    return join(folder, appId)
  }

  async function write(appId: string, lines: readonly LineToKeep[]): Promise<void> {
    const log = await logOf(appId)
    const bytes = Buffer.from(lines.map(toText).join(''))
    let current = log.files.at(-1)
    if (!current || current.sizeBytes + bytes.length > limits.fileBytes) {
      current = await begin(folderOf(appId), log)
      await dropOldest(folderOf(appId), log, limits.appBytes - bytes.length)
    }
    try {
      await appendTo(fileIn(folderOf(appId), current.number), bytes)
    } catch (error) {
      // Some of it may have been written: what is on disk decides again.
      logs.delete(appId)
      throw error
    }
    current.sizeBytes += bytes.length
    for (const { instance, line } of lines) if (instance !== null) log.times.set(instance, line.at)
  }

  return {
    append: (appId, lines) =>
      lines.length === 0 ? Promise.resolve() : inTurn(appId, () => write(appId, lines)),

    tail: (appId, limit) =>
      inTurn(appId, async () => {
        const { files } = await logOf(appId)
        const found: LogLine[][] = []
        let missing = limit
        let bytesLeft = MAX_TAIL_BYTES
        for (const { number, sizeBytes } of files.toReversed()) {
          if (missing <= 0 || bytesLeft <= 0) break
          const path = fileIn(folderOf(appId), number)
          const { lines, bytesRead } = await lastLines(path, sizeBytes, missing, bytesLeft)
          found.push(lines)
          missing -= lines.length
          bytesLeft -= bytesRead
        }
        return found.toReversed().flat()
      }),

    lastTimes: (appId) => inTurn(appId, async () => new Map((await logOf(appId)).times)),

    remove: (appId) =>
      inTurn(appId, async () => {
        logs.delete(appId)
        await rm(folderOf(appId), { recursive: true, force: true })
      }),
  }
}

const fileIn = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(8, '0')}.ndjson`)

const toText = ({ line, instance }: LineToKeep): string =>
  `${JSON.stringify({ ...line, instance })}\n`

async function load(folder: string): Promise<Log> {
  const names = await readdir(folder).catch(() => [])
  const numbers = names
    .flatMap((name) => /^(\d{8})\.ndjson$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)
  const log: Log = { files: [], times: new Map() }
  for (const number of numbers)
    log.files.push({ number, sizeBytes: (await stat(fileIn(folder, number))).size })
  const newest = log.files.at(-1)
  if (!newest) return log

  const path = fileIn(folder, newest.number)
  const content = await readFile(path)
  const wholeBytes = content.lastIndexOf(10) + 1
  // A crash can leave half a line; it was not kept, and is read again from its instance.
  if (wholeBytes < content.length) await truncate(path, wholeBytes)
  newest.sizeBytes = wholeBytes
  for (const text of content.subarray(0, wholeBytes).toString().split('\n')) {
    const header = parse(Header, text)
    for (const [instance, at] of Object.entries(header?.times ?? {})) log.times.set(instance, at)
    const line = parse(KeptLine, text)
    if (line && line.instance !== null) log.times.set(line.instance, line.at)
  }
  return log
}

async function begin(folder: string, log: Log): Promise<Log['files'][number]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const latest = [...log.times].toSorted(([, a], [, b]) => (a < b ? 1 : -1)).slice(0, MAX_TIMES)
  log.times = new Map(latest)
  const header = Buffer.from(`${JSON.stringify({ times: Object.fromEntries(latest) })}\n`)
  const file = { number: (log.files.at(-1)?.number ?? 0) + 1, sizeBytes: header.length }
  await appendTo(fileIn(folder, file.number), header)
  log.files.push(file)
  return file
}

async function dropOldest(folder: string, log: Log, allowedBytes: number): Promise<void> {
  let total = log.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  while (total > allowedBytes && log.files.length > 1) {
    const [oldest] = log.files
    if (!oldest) return
    await rm(fileIn(folder, oldest.number), { force: true })
    log.files.shift()
    total -= oldest.sizeBytes
  }
}

async function appendTo(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'a', 0o600)
  await file.appendFile(bytes)
}

/** Read backwards in blocks, so that a long file costs no more than what is asked of it. */
async function lastLines(
  path: string,
  sizeBytes: number,
  limit: number,
  maxBytes: number,
): Promise<{ lines: LogLine[]; bytesRead: number }> {
  await using file = await open(path, 'r')
  const blocks: Buffer[] = []
  let newlines = 0
  let from = sizeBytes
  while (from > 0 && newlines <= limit && sizeBytes - from < maxBytes) {
    const block = await readBlock(file, Math.max(0, from - BLOCK_BYTES), from)
    from -= block.length
    for (const byte of block) if (byte === 10) newlines++
    blocks.push(block)
  }
  const texts = Buffer.concat(blocks.toReversed()).toString().split('\n')
  if (from > 0) texts.shift()
  const lines = texts.slice(-limit - 1).flatMap((text) => parse(LogLine, text) ?? [])
  return { lines: lines.slice(-limit), bytesRead: sizeBytes - from }
}

async function readBlock(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const block = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(block, 0, block.length, from)
  if (bytesRead < block.length) throw new Error('a log file has become shorter while it was read')
  return block
}

/** Undefined for a line that is damaged, or of the other kind. */
function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  if (text === '') return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
