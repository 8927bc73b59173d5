import { type FileHandle, open, mkdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { loadLog, type OpenLog } from '#adapters/system/log-archive-load.ts'
import { findLines } from '#adapters/system/log-search-pool.ts'
import { linesBehind, lastLines } from '#adapters/system/log-segment-read.ts'
import {
  closedName,
  compress,
  listSegments,
  openName,
  readSegment,
  sizeOf,
} from '#adapters/system/log-segment-files.ts'
import { createSegmentWriter, headText } from '#adapters/system/log-segment-text.ts'
import { factsOf } from '#adapters/system/log-segment-facts.ts'
import type { LineToKeep, LogArchive, LogLimits } from '#ports/log-archive.ts'

interface Options {
  limitsOf?: (appId: string) => LogLimits
  /** A new segment is begun before one grows beyond this. */
  segmentBytes?: number
  now?: () => number
  onProblem?: (what: string, error: unknown) => void
  append?: (path: string, bytes: Buffer) => Promise<void>
}

const DAY_MS = 86_400_000
export const DEFAULT_LOG_LIMITS: LogLimits = { keepDays: 30, keepBytes: 100 * 2 ** 20 }
const SEGMENT_BYTES = 4 * 2 ** 20
/** Lines go by whole segments: one holds no more than a day's. */
const SEGMENT_MS = DAY_MS
/** Instances whose last time is remembered; the longest silent are forgotten first. */
const MAX_TIMES = 500

/**
 * Segments of lines beneath `<folder>/<appId>/`: the one that is written to is text, those before it are
 * compressed. A line names the instance it came from, so that "what is kept" and "where to go on" are
 * one write: a crash neither loses nor repeats a line.
 */
export function createLogArchive(
  folder: string,
  {
    limitsOf = () => DEFAULT_LOG_LIMITS,
    segmentBytes = SEGMENT_BYTES,
    now = Date.now,
    onProblem = () => {},
    append = appendTo,
  }: Options = {},
): LogArchive & { settle(): Promise<void> } {
  const logs = new Map<string, OpenLog>()
  const queues = new Map<string, Promise<unknown>>()
  /** Closing of segments, one after the other: compression takes memory. */
  let closing: Promise<void> = Promise.resolve()

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

  const folderOf = (appId: string): string => {
    if (!/^[a-z0-9]{1,40}$/.test(appId)) throw new Error('that is not the id of an app')
    return join(folder, appId)
  }

  async function logOf(appId: string): Promise<OpenLog> {
    const known = logs.get(appId)
    if (known) return known
    const { log, unclosed } = await loadLog(folderOf(appId))
    logs.set(appId, log)
    for (const number of unclosed) closeSoon(appId, number)
    return log
  }

  function closeSoon(appId: string, number: number): void {
    closing = closing
      .then(() => closeSegment(folderOf(appId), number))
      .then(() => prune(appId))
      // It stays as it is, is read as it is, and is closed after the next start.
      .catch((error: unknown) => onProblem('a log segment could not be compressed', error))
  }

  /** `base` is the time that those of its lines are told from. */
  async function begin(appId: string, log: OpenLog, base: string): Promise<void> {
    const full = log.segment?.number
    const number = log.lastSegment + 1
    const latest = [...log.times].toSorted(([, a], [, b]) => (a < b ? 1 : -1)).slice(0, MAX_TIMES)
    log.times = new Map(latest)
    const head = {
      first: log.next,
      base,
      times: Object.fromEntries(latest),
    }
    const text = headText(head)
    await mkdir(folderOf(appId), { recursive: true, mode: 0o700 })
    await using file = await open(join(folderOf(appId), openName(number)), 'wx', 0o600)
    await file.appendFile(text)
    log.lastSegment = number
    log.segment = {
      number,
      head,
      bytes: Buffer.byteLength(text),
      beganMs: now(),
      write: createSegmentWriter(head),
    }
    if (full !== undefined) closeSoon(appId, full)
  }

  const isFull = ({ segment }: OpenLog, { line }: LineToKeep, bytes: number): boolean =>
    segment === undefined ||
    segment.bytes + bytes > segmentBytes ||
    Math.abs(now() - segment.beganMs) > SEGMENT_MS ||
    Math.abs(Date.parse(line.at) - Date.parse(segment.head.base)) > 30 * SEGMENT_MS

  async function write(appId: string, lines: readonly LineToKeep[]): Promise<number> {
    const log = await logOf(appId)
    const [line] = lines
    if (!line) return log.next
    const about = lines.reduce((sum, each) => sum + each.line.text.length + 16, 0)
    if (isFull(log, line, about)) await begin(appId, log, line.line.at)
    const { segment } = log
    if (!segment) throw new Error('there is no segment to write to')
    const path = join(folderOf(appId), openName(segment.number))
    try {
      const bytes = Buffer.from(lines.map((each) => segment.write(each)).join(''))
      await append(path, bytes)
      segment.bytes += bytes.length
    } catch (error) {
      // Some of it may have been written, and all of it is given once more. What is on disk decides again.
      logs.delete(appId)
      await truncate(path, segment.bytes).catch((cause: unknown) =>
        onProblem('a log may repeat lines', cause),
      )
      throw error
    }
    for (const { instance, line: kept } of lines)
      if (instance !== null) log.times.set(instance, kept.at)
    const first = log.next
    log.next += lines.length
    return first
  }

  /**
   * An app that has gone silent fills no segment: its lines too go by age, and only whole segments can. The
   * one that is begun knows where to go on, also when no line is kept any more.
   */
  async function closeOld(appId: string): Promise<void> {
    const { open: opened } = await listSegments(folderOf(appId))
    const last = opened.at(-1)
    if (last === undefined) return
    if (!logs.has(appId)) {
      // Nothing is read of those that were written to since, nor kept in mind of them.
      const { mtimeMs } = await stat(join(folderOf(appId), last.name))
      if (now() - mtimeMs <= SEGMENT_MS) return
    }
    const log = await logOf(appId)
    if (log.segment === undefined || !hasLines(log)) return
    if (now() - log.segment.beganMs > SEGMENT_MS)
      await begin(appId, log, new Date(now()).toISOString())
  }

  /** Whole segments go, the oldest first; the one that is written to stays. */
  async function prune(appId: string): Promise<void> {
    const { keepDays, keepBytes } = limitsOf(appId)
    const { closed, open: opened } = await listSegments(folderOf(appId))
    let total = 0
    for (const { name } of opened) total += await sizeOf(folderOf(appId), name)
    const oldest = now() - keepDays * DAY_MS
    for (const { name, toMs } of closed.toReversed()) {
      total += await sizeOf(folderOf(appId), name)
      if (total > keepBytes || toMs < oldest) await rm(join(folderOf(appId), name), { force: true })
    }
  }

  return {
    append: (appId, lines) => inTurn(appId, () => write(appId, lines)),

    tail: (appId, limit) =>
      inTurn(appId, async () => {
        const log = await logOf(appId)
        return lastLines(folderOf(appId), log.next, limit)
      }),

    after: (appId, number, limit) =>
      inTurn(appId, async () => {
        await logOf(appId)
        return linesBehind(folderOf(appId), number, limit)
      }),

    lastNumber: (appId) => inTurn(appId, async () => (await logOf(appId)).next - 1),

    lastTimes: (appId) => inTurn(appId, async () => new Map((await logOf(appId)).times)),

    async search(appId, search, signal) {
      // What was handed over before is in the file then.
      await inTurn(appId, () => logOf(appId))
      return findLines(folderOf(appId), search, signal)
    },

    use: (appId) =>
      inTurn(appId, async () => {
        const { closed, open: opened } = await listSegments(folderOf(appId))
        const use = { usedBytes: 0, lineBytes: 0, oldestMs: Number.POSITIVE_INFINITY }
        for (const { name, lineBytes, fromMs } of closed) {
          use.usedBytes += await sizeOf(folderOf(appId), name)
          use.lineBytes += lineBytes
          use.oldestMs = Math.min(use.oldestMs, fromMs)
        }
        for (const { name } of opened) {
          const bytes = await sizeOf(folderOf(appId), name)
          use.usedBytes += bytes
          use.lineBytes += bytes
        }
        const log = await logOf(appId)
        const base = log.segment?.head.base
        if (base !== undefined && hasLines(log))
          use.oldestMs = Math.min(use.oldestMs, Date.parse(base))
        const { usedBytes, lineBytes, oldestMs } = use
        const oldestAt = Number.isFinite(oldestMs) ? new Date(oldestMs).toISOString() : null
        return { usedBytes, lineBytes, oldestAt }
      }),

    keepWithinLimits: (appId) =>
      inTurn(appId, async () => {
        await closeOld(appId)
        await prune(appId)
      }),

    remove: (appId) =>
      inTurn(appId, async () => {
        logs.delete(appId)
        await closing
        await rm(folderOf(appId), { recursive: true, force: true })
      }),

    /** Resolves once what is full has been compressed. */
    settle: () => closing,
  }
}

/** Whether there is a line in the segment that is written to. */
const hasLines = ({ segment, next }: OpenLog): boolean =>
  segment !== undefined && next > segment.head.first

/** Compressed beside, and then in its place: whatever is killed meanwhile, one of the two is whole. */
async function closeSegment(folder: string, number: number): Promise<void> {
  const content = await readSegment(folder, openName(number)).catch(() => undefined)
  if (content === undefined) return
  const facts = factsOf(content)
  if (facts && facts.count > 0) {
    const { first, count, fromMs, toMs } = facts
    const lineBytes = content.length
    const segment = { number, first, count, fromMs, toMs, lineBytes, madeFrom: null }
    await writeAtomically(join(folder, closedName(segment)), await compress(content))
  }
  await rm(join(folder, openName(number)), { force: true })
}

async function appendTo(path: string, bytes: Buffer): Promise<void> {
  const file: FileHandle = await open(path, 'a', 0o600)
  try {
    await file.appendFile(bytes)
  } finally {
    await file.close()
  }
}
