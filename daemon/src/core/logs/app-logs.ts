import type { LogLine } from '@vastrox/shared/log.ts'
import type { Clock } from '#ports/clock.ts'
import type { LineToKeep, LogArchive, NumberedLine } from '#ports/log-archive.ts'

interface Deps {
  archive: LogArchive
  clock: Clock
  onProblem: (what: string, error: unknown) => void
  /** Told of lines that an app printed faster than is kept of it. */
  onDrop?: (appId: string, count: number) => void
}

/** Its number once it is kept; null for one that could not be yet. */
export type LineListener = (line: LogLine, number: number | null) => void
/** Of any app. */
export type LineTap = (appId: string, line: LogLine) => void

/** Lines are written together after this long, so that a chatty app does not cost a write a line. */
const BATCH_MS = 100
const MAX_BATCH = 5_000
/** From here on who adds lines has to wait: the engine keeps them meanwhile. */
const MAX_PENDING = 10_000
/** The same where lines are long: of a batch, and of all that wait. */
const MAX_BATCH_LENGTH = 2 ** 20
const MAX_PENDING_LENGTH = 8 * 2 ** 20
/** A full disk is tried again after this long. */
const RETRY_MS = 2_000
/** Whoever asks for the last lines waits so long for those that are just being written. */
const SETTLE_MS = 500

interface Log {
  /** Not handed to the archive yet, oldest first. */
  pending: LineToKeep[]
  /** Of their texts together. */
  pendingLength: number
  /** So many of them were told already, when they could not be written. */
  told: number
  listeners: Set<LineListener>
  writing: Promise<void> | undefined
  /** Whoever asks for the last lines does not wait for a batch to grow. */
  hurry: AbortController
}

/** The log of each app as it grows: kept in the archive, and told to those who listen once it is. */
export function createAppLogs({ archive, clock, onProblem, onDrop }: Deps) {
  const logs = new Map<string, Log>()
  const taps = new Set<LineTap>()
  const dropped = new Map<string, number>()
  let isFlushing = false

  function logOf(appId: string): Log {
    const known = logs.get(appId)
    if (known) return known
    const log: Log = {
      pending: [],
      pendingLength: 0,
      told: 0,
      listeners: new Set(),
      writing: undefined,
      hurry: new AbortController(),
    }
    logs.set(appId, log)
    return log
  }

  /** `first` is the number of the first of the lines. Each line is told once. */
  function tell(appId: string, log: Log, lines: readonly LineToKeep[], first: number | null): void {
    if (log.listeners.size === 0 && taps.size === 0) return
    for (const [index, { line }] of lines.entries()) {
      if (index < log.told) continue
      for (const listener of log.listeners) listener(line, first === null ? null : first + index)
      for (const tap of taps) tap(appId, line)
    }
  }

  /** The oldest ones, as many as are written at once. */
  function nextBatch({ pending }: Log): LineToKeep[] {
    let count = 0
    let length = 0
    for (const { line } of pending) {
      length += line.text.length
      if (count === MAX_BATCH || (count > 0 && length > MAX_BATCH_LENGTH)) break
      count += 1
    }
    return pending.slice(0, count)
  }

  /** Writes until nothing is pending. What could not be written stays first in line. */
  async function write(appId: string, log: Log): Promise<void> {
    // Where somebody watches, a line is written as it comes; those that come meanwhile go together.
    if (!isFlushing && log.listeners.size === 0)
      await clock.sleep(BATCH_MS, log.hurry.signal).catch(() => undefined)
    while (log.pending.length > 0) {
      const batch = nextBatch(log)
      try {
        const first = await archive.append(appId, batch)
        log.pending.splice(0, batch.length)
        for (const { line } of batch) log.pendingLength -= line.text.length
        tell(appId, log, batch, first)
        log.told = Math.max(0, log.told - batch.length)
      } catch (error) {
        // Who watches sees them all the same: it is now that they are wanted.
        tell(appId, log, batch, null)
        log.told = Math.max(log.told, batch.length)
        onProblem('a log could not be kept', error)
        if (isFlushing) break
        await clock.sleep(RETRY_MS)
      }
    }
    log.writing = undefined
    log.hurry = new AbortController()
    if (log.listeners.size === 0 && log.pending.length === 0) logs.delete(appId)
  }

  /** Resolves at once, or when there is room again for lines that can wait where they are. */
  async function add(appId: string, line: LineToKeep): Promise<void> {
    const log = logOf(appId)
    log.pending.push(line)
    log.pendingLength += line.line.text.length
    log.writing ??= write(appId, log)
    if (log.pending.length >= MAX_PENDING || log.pendingLength >= MAX_PENDING_LENGTH)
      await log.writing
  }

  /** Until what is pending now has been written, or that takes too long. */
  async function settle(appId: string): Promise<void> {
    const { writing, hurry } = logs.get(appId) ?? {}
    if (!writing) return
    hurry?.abort()
    const stop = new AbortController()
    const late = clock.sleep(SETTLE_MS, stop.signal).catch(() => undefined)
    await Promise.race([writing, late])
    stop.abort()
  }

  /** A line of Vastrox's own about the app. */
  function say(appId: string, text: string, release: number | null = null): void {
    const at = clock.now().toISOString()
    const line = { at, source: 'platform', release, stream: 'platform', text } as const
    void add(appId, { line, instance: null })
  }

  return {
    add,

    say,

    /** Lines that an app printed faster than is kept of it: counted, and said in its log. */
    drop(appId: string, source: string, count: number, release: number | null): void {
      dropped.set(appId, (dropped.get(appId) ?? 0) + count)
      say(appId, `${count} lines of ${source} were dropped: it printed more than is kept`, release)
      onDrop?.(appId, count)
    },

    /** Lines that the engine overwrote before anybody had read them. How many is known to nobody. */
    lose(
      owner: string,
      source: string,
      [after, before]: readonly [after: string, before: string],
      release: number | null,
    ): void {
      say(
        owner,
        `lines of ${source} between ${after} and ${before} were lost: the engine had overwritten them before they were read`,
        release,
      )
    },

    /** Since the daemon started. */
    droppedOf: (appId: string): number => dropped.get(appId) ?? 0,

    settle,

    /** The last lines, oldest first. */
    async tail(appId: string, limit: number): Promise<NumberedLine[]> {
      await settle(appId)
      return archive.tail(appId, limit)
    },

    /** Calls for each line of an app that is kept after this call. Returns the way to stop. */
    listen(appId: string, listener: LineListener): () => void {
      const log = logOf(appId)
      log.listeners.add(listener)
      log.hurry.abort()
      return () => {
        log.listeners.delete(listener)
        if (log.listeners.size === 0 && log.writing === undefined) logs.delete(appId)
      }
    },

    /** Calls for each line of every app, for those who send them on. It must not wait, nor throw. */
    onLine(tap: LineTap): () => void {
      taps.add(tap)
      return () => taps.delete(tap)
    },

    lastTimes: (appId: string): Promise<ReadonlyMap<string, string>> => archive.lastTimes(appId),

    /** Writes what is pending; at the daemon's end. */
    async flush(): Promise<void> {
      isFlushing = true
      for (const [appId, log] of logs) {
        await log.writing
        await write(appId, log)
      }
    },
  }
}
export type AppLogs = ReturnType<typeof createAppLogs>
