import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { SearchAnswer, SearchTask } from '#adapters/system/log-search-task.ts'
import { listSegments, sizeOf } from '#adapters/system/log-segment-files.ts'
import { openOnly } from '#adapters/system/log-segment-read.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { LogSearch, LogSearchResult, NumberedLine } from '#ports/log-archive.ts'

/** Two at most, however many cores there are: apps go first. */
const MOST_WORKERS = Math.min(2, availableParallelism())
/** A worker that has had nothing to do for so long ends, and gives its memory back. */
const IDLE_MS = 10_000
/** One segment takes some ten milliseconds. */
const TASK_TIMEOUT_MS = 30_000
const MAX_WAITING = 64
const HEAP_MB = 128
/** However many lines are asked for: of found ones no more is in memory. */
const MAX_FOUND_BYTES = 8 * 2 ** 20

interface Waiting {
  task: SearchTask
  done: (answer: SearchAnswer) => void
}

interface Hand {
  worker: Worker
  at: Waiting | undefined
  idle: NodeJS.Timeout | undefined
  late: NodeJS.Timeout | undefined
}

/** The one set of workers of this process: it is there while something is looked for. */
const hands = new Set<Hand>()
const waiting: Waiting[] = []
let lastId = 0

/**
 * Looks through the segments of one app, from the newest or the oldest on, two at a time and each by a
 * worker; stops where it has enough. At most two segments are in memory, however much there is.
 */
export async function findLines(
  folder: string,
  { filter, from, limit, deadlineMs }: LogSearch,
  signal: AbortSignal,
): Promise<LogSearchResult> {
  // Refused here, in words, before anything is started.
  logMatcher(filter)
  const wantsNewest = 'before' in from
  const before = wantsNewest ? (from.before ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER
  const after = wantsNewest ? 0 : from.after
  const segments = await segmentsFor(folder, { before, after, filter, wantsNewest })
  const ends = performance.now() + deadlineMs
  const lines: NumberedLine[] = []
  const result: LogSearchResult = { lines, next: null, scannedBytes: 0 }
  const ask = (index: number): Promise<SearchAnswer> | undefined => {
    const segment = segments[index]
    // One more than is asked for, to see whether there are more.
    const task = { folder, filter, before, after, wantsNewest, limit: limit + 1 }
    const answer = segment && lookThrough({ ...task, ...segment })
    // Nobody may wait for it any more by then.
    answer?.catch(() => undefined)
    return answer
  }
  let foundBytes = 0
  const underWay = Array.from({ length: MOST_WORKERS }, (_, index) => ask(index))
  for (const [index, segment] of segments.entries()) {
    const answer = await underWay.shift()
    if (signal.aborted) return result
    if (answer && 'problem' in answer)
      throw new Error(`a log could not be searched: ${answer.problem}`)
    if (answer && 'refusal' in answer)
      throw new CodedError('LOG_FILTER_INVALID', { reason: answer.refusal })
    if (answer && 'lines' in answer) {
      result.scannedBytes += answer.scannedBytes
      for (const line of wantsNewest ? answer.lines.toReversed() : answer.lines) {
        foundBytes += line.line.text.length
        lines.push(line)
        if (foundBytes < MAX_FOUND_BYTES || lines.length > limit) continue
        result.next = line.number
        return result
      }
    }
    if (lines.length > limit) {
      lines.length = limit
      result.next = lines.at(-1)?.number ?? null
      return result
    }
    const rest = segments[index + 1]
    const isLate = performance.now() > ends
    if (rest !== undefined && (lines.length === limit || isLate)) {
      result.next = lines.length === limit ? (lines.at(-1)?.number ?? null) : borderOf(segment)
      return result
    }
    underWay.push(ask(index + MOST_WORKERS))
  }
  return result

  function borderOf({ first, count }: { first: number; count: number }): number | null {
    if (wantsNewest) return first
    return Number.isFinite(count) ? first + count - 1 : null
  }
}

interface Segment {
  name: string
  contentBytes: number
  first: number
  count: number
}

async function segmentsFor(
  folder: string,
  asked: Pick<LogSearch, 'filter'> & { before: number; after: number; wantsNewest: boolean },
): Promise<Segment[]> {
  const { closed, open } = await listSegments(folder)
  const fromMs = Date.parse(asked.filter.from ?? '') || 0
  const toMs = Date.parse(asked.filter.to ?? '') || Number.POSITIVE_INFINITY
  const wanted: Segment[] = closed
    .filter((each) => each.first < asked.before && each.first + each.count - 1 > asked.after)
    // Names tell whole milliseconds.
    .filter((each) => each.toMs + 1 >= fromMs && each.fromMs <= toMs)
    .map(({ name, lineBytes, first, count }) => ({ name, contentBytes: lineBytes, first, count }))
  const last = closed.at(-1)
  const first = last ? last.first + last.count : 1
  for (const { name } of openOnly({ closed, open })) {
    const contentBytes = await sizeOf(folder, name)
    if (first < asked.before)
      wanted.push({ name, contentBytes, first, count: Number.POSITIVE_INFINITY })
  }
  return asked.wantsNewest ? wanted.toReversed() : wanted
}

/** One that was compressed since it was listed has another name now. */
async function lookThrough(task: Omit<SearchTask, 'id'>): Promise<SearchAnswer> {
  const answer = await run(task)
  if (!('isGone' in answer)) return answer
  const { closed } = await listSegments(task.folder)
  const now = closed.find(({ number }) => number === Number(task.name.slice(0, 8)))
  if (!now || now.name === task.name) return answer
  return run({ ...task, name: now.name, contentBytes: now.lineBytes })
}

function run(task: Omit<SearchTask, 'id'>): Promise<SearchAnswer> {
  const { promise, resolve } = Promise.withResolvers<SearchAnswer>()
  const id = (lastId += 1)
  if (waiting.length >= MAX_WAITING) throw new CodedError('LOG_SEARCH_BUSY')
  waiting.push({ task: { ...task, id }, done: resolve })
  next()
  return promise
}

function next(): void {
  while (waiting.length > 0) {
    const free = [...hands].find(({ at }) => at === undefined)
    if (!free && hands.size >= MOST_WORKERS) return
    give(free ?? start())
  }
}

function give(hand: Hand): void {
  const work = waiting.shift()
  if (!work) return
  clearTimeout(hand.idle)
  hand.at = work
  hand.worker.ref()
  hand.late = setTimeout(() => drop(hand, 'it took too long'), TASK_TIMEOUT_MS)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
  hand.worker.postMessage(work.task)
}

function start(): Hand {
  const bundled = join(import.meta.dirname, 'log-search.mjs')
  const program = existsSync(bundled) ? bundled : join(import.meta.dirname, 'log-search-worker.ts')
  const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } })
  const hand: Hand = { worker, at: undefined, idle: undefined, late: undefined }
  hands.add(hand)
  worker.unref()
  worker.on('message', (answer: SearchAnswer) => {
    clearTimeout(hand.late)
    hand.at?.done(answer)
    hand.at = undefined
    worker.unref()
    hand.idle = setTimeout(() => drop(hand, 'it was idle'), IDLE_MS)
    hand.idle.unref()
    next()
  })
  worker.on('error', (error: unknown) => drop(hand, String(error)))
  worker.on('exit', () => drop(hand, 'it has ended'))
  return hand
}

function drop(hand: Hand, problem: string): void {
  if (!hands.delete(hand)) return
  clearTimeout(hand.idle)
  clearTimeout(hand.late)
  hand.at?.done({ id: hand.at.task.id, problem })
  hand.at = undefined
  void hand.worker.terminate()
  next()
}
