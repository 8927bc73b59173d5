import { CodedError } from '@vastrox/shared/errors.ts'
import type { FoundLine, LogFilter, LogSearchReply } from '@vastrox/shared/log.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { followLines } from '#core/logs/follow-lines.ts'
import { found, numberOf } from '#core/logs/found-line.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive, LogSearch } from '#ports/log-archive.ts'

interface Deps {
  logs: AppLogs
  archive: Pick<LogArchive, 'tail' | 'after' | 'lastNumber' | 'search'>
  clock: Clock
}

export const MAX_LINES = 10_000
export const MAX_FOUND = 1_000
/** From then on a search gives what it has found so far, and where to go on. */
export const SEARCH_MS = 8_000
/** Of what is downloaded, so many lines are in memory. */
const DOWNLOAD_LINES = 5_000

/** Which part of a log, and how it is gone on with. */
export interface FollowWish {
  limit: number
  filter?: LogFilter
  /** Id of the line that the reader had last. */
  after?: string | undefined
}

/** The kept log of an app or add-on, read in every way that there is. Who may read it is asked before. */
export function createKeptLogs({ logs, archive, clock }: Deps) {
  async function lastLines(
    owner: string,
    filter: LogFilter,
    limit: number,
    signal: AbortSignal,
  ): Promise<FoundLine[]> {
    await logs.settle(owner)
    if (limit === 0) return []
    if (isEmpty(filter))
      return (await archive.tail(owner, limit)).map(({ line, number }) => found(line, number))
    const search: LogSearch = { filter, from: { before: null }, limit, deadlineMs: SEARCH_MS }
    const { lines } = await archive.search(owner, search, signal)
    return lines.toReversed().map(({ line, number }) => found(line, number))
  }

  return {
    /** The last lines that the filter lets through, oldest first. */
    tail: (
      owner: string,
      limit: number,
      filter: LogFilter,
      signal: AbortSignal,
    ): Promise<FoundLine[]> => lastLines(owner, filter, Math.min(limit, MAX_LINES), signal),

    /** Lines that the filter lets through, newest first, and where to go on. */
    async search(
      owner: string,
      filter: LogFilter,
      { cursor, limit }: { cursor?: string | undefined; limit: number },
      signal: AbortSignal,
    ): Promise<LogSearchReply> {
      const before = numberOf(cursor)
      if (cursor !== undefined && before === undefined)
        throw new CodedError('REQUEST_INVALID', { reason: 'cursor: it is none of ours' })
      const began = clock.elapsedMs()
      await logs.settle(owner)
      const { lines, next, scannedBytes } = await archive.search(
        owner,
        {
          filter,
          from: { before: before ?? null },
          limit: Math.min(limit, MAX_FOUND),
          deadlineMs: SEARCH_MS,
        },
        signal,
      )
      return {
        items: lines.map(({ line, number }) => found(line, number)),
        nextCursor: next === null ? null : String(next),
        scannedBytes,
        tookMs: Math.round(clock.elapsedMs() - began),
      }
    },

    /** Every line that the filter lets through, oldest first, as fast as it is taken. */
    async *all(
      owner: string,
      filter: LogFilter,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      await logs.settle(owner)
      for (let after: number | null = 0; after !== null && !signal.aborted; ) {
        const search: LogSearch = {
          filter,
          from: { after },
          limit: DOWNLOAD_LINES,
          deadlineMs: SEARCH_MS,
        }
        const { lines, next } = await archive.search(owner, search, signal)
        for (const { line, number } of lines) yield found(line, number)
        after = next
      }
    },

    /**
     * The last lines, or those behind `after`, and then each line as it comes, until the signal aborts.
     * Goes on without a gap or a repeat; a reader that is too slow is told how many lines it has missed.
     */
    follow(
      owner: string,
      { limit, filter = {}, after }: FollowWish,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      const behind = numberOf(after)
      return followLines(
        { logs, archive, clock, lastLines: (count) => lastLines(owner, filter, count, signal) },
        {
          appId: owner,
          limit: Math.min(limit, MAX_LINES),
          behind,
          matcher: logMatcher(filter),
        },
        signal,
      )
    },
  }
}
export type KeptLogs = ReturnType<typeof createKeptLogs>

const isEmpty = (filter: LogFilter): boolean =>
  Object.values(filter).every((value) => value === undefined)
