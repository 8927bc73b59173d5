import type { LogLine } from '@vastrox/shared/log.ts'
import type { Clock } from '#ports/clock.ts'
import type { LineToKeep, LogArchive } from '#ports/log-archive.ts'

interface Deps {
  archive: LogArchive
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** Lines are written together after this long, so that a chatty app does not cost a write a line. */
const BATCH_MS = 100
const MAX_BATCH = 1_000
/** From here on who adds lines has to wait: the engine keeps them meanwhile. */
const MAX_PENDING = 5_000
/** A full disk is tried again after this long. */
const RETRY_MS = 2_000

interface Log {
  /** Not handed to the archive yet, oldest first. */
  pending: LineToKeep[]
  listeners: Set<(line: LogLine) => void>
  writing: Promise<void> | undefined
}

/** The log of each app as it grows: kept in the archive, told to those who listen. */
export function createAppLogs({ archive, clock, onProblem }: Deps) {
  const logs = new Map<string, Log>()
  let isFlushing = false

  function logOf(appId: string): Log {
    const log = logs.get(appId) ?? { pending: [], listeners: new Set(), writing: undefined }
    logs.set(appId, log)
    return log
  }

  /** Writes until nothing is pending. What could not be written stays first in line. */
  async function write(appId: string, log: Log): Promise<void> {
    if (!isFlushing) await clock.sleep(BATCH_MS)
    while (log.pending.length > 0) {
      const batch = log.pending.splice(0, MAX_BATCH)
      try {
        await archive.append(appId, batch)
      } catch (error) {
        log.pending.unshift(...batch)
        onProblem('a log could not be kept', error)
        if (isFlushing) break
        await clock.sleep(RETRY_MS)
      }
    }
    log.writing = undefined
    if (log.listeners.size === 0 && log.pending.length === 0) logs.delete(appId)
  }

  /** Resolves at once, or when there is room again for lines that can wait where they are. */
  async function add(appId: string, line: LineToKeep): Promise<void> {
    const log = logOf(appId)
    log.pending.push(line)
    log.writing ??= write(appId, log)
    for (const listener of log.listeners) listener(line.line)
    if (log.pending.length >= MAX_PENDING) await log.writing
  }

  return {
    add,

    /** A line of Vastrox's own about the app. */
    say(appId: string, text: string, release: number | null = null): void {
      const at = clock.now().toISOString()
      const line = { at, source: 'platform', release, stream: 'platform', text } as const
      void add(appId, { line, instance: null })
    },

    /** The last lines, oldest first; those that are not written yet too. */
    async tail(appId: string, limit: number): Promise<LogLine[]> {
      const waiting = logs.get(appId)?.pending.map(({ line }) => line) ?? []
      return [...(await archive.tail(appId, limit)), ...waiting].slice(-limit)
    },

    /**
     * The last lines and then every line that follows, without a gap and without a repeat: `listener`
     * is called for each line that was added after this call. Returns the last lines and the way to stop.
     */
    open(appId: string, limit: number, listener: (line: LogLine) => void) {
      // One tick: what was handed to the archive before is in its answer, what is pending is copied
      // here, and what is added later goes to the listener.
      const history = this.tail(appId, limit)
      const log = logOf(appId)
      log.listeners.add(listener)
      const stop = (): void => {
        log.listeners.delete(listener)
        if (log.listeners.size === 0 && log.writing === undefined) logs.delete(appId)
      }
      return { history, stop }
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
