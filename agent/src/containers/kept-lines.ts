import type { LogLine } from '#agent/containers/log-lines.ts'

type Emit = (...lines: LogLine[]) => Promise<void>

/** So long after the last line that was dropped it is given all the same, with the number of the others. */
const QUIET_MS = 1_000

/**
 * Gives on the lines that are allowed, and those that tell of a loss, each with how many were dropped before it. The last line is never
 * dropped for good: what came before is counted on it once nothing follows.
 */
export function createKeptLines(isAllowed: () => boolean, emit: Emit, quietMs = QUIET_MS) {
  let dropped = 0
  let last: LogLine | undefined
  let quiet: NodeJS.Timeout | undefined
  let kept: LogLine[] = []

  /** Resolves when the reader has room for more. */
  async function flush(): Promise<void> {
    if (kept.length === 0) return
    const lines = kept
    kept = []
    await emit(...lines)
  }

  async function giveLast(): Promise<void> {
    clearTimeout(quiet)
    quiet = undefined
    if (last) kept.push(dropped > 1 ? { ...last, dropped: dropped - 1 } : last)
    last = undefined
    dropped = 0
    await flush()
  }

  return {
    /** It is given with the next flush. */
    add(line: LogLine): void {
      if (line.lostAfter === undefined && !isAllowed()) {
        dropped += 1
        last = line
        if (quiet) quiet.refresh()
        // Who asked has gone: they ask again, from the last line that they have.
        else quiet = setTimeout(() => void giveLast().catch(() => undefined), quietMs)
        return
      }
      clearTimeout(quiet)
      quiet = undefined
      last = undefined
      kept.push(dropped > 0 ? { ...line, dropped } : line)
      dropped = 0
    },
    flush,
    /** At the end of what is read. */
    end: giveLast,
    /** Nobody reads any more. */
    stop: (): void => clearTimeout(quiet),
  }
}
