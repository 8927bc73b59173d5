import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FoundLine, LogFilter, LogSearchReply } from '@vastrox/shared/log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { followLines } from '#core/logs/follow-lines.ts'
import { found, numberOf } from '#core/logs/found-line.ts'
import type { LogSettingsService } from '#core/logs/log-settings.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive, LogSearch } from '#ports/log-archive.ts'

interface Deps {
  apps: AppFinder
  logs: AppLogs
  archive: Pick<LogArchive, 'tail' | 'after' | 'lastNumber' | 'search'>
  clock: Clock
  settings: LogSettingsService
}

export const MAX_LINES = 10_000
export const MAX_FOUND = 1_000
/** From then on a search gives what it has found so far, and where to go on. */
const SEARCH_MS = 8_000
/** Of what is downloaded, so many lines are in memory. */
const DOWNLOAD_LINES = 5_000

/** The log of an app, for those who may read it. */
export function createLogService({ apps, logs, archive, clock, settings }: Deps) {
  function readable(actor: Actor, name: string): string {
    const app = apps.find(actor, name)
    mustBeAble(actor, 'logs.read', app.id)
    return app.id
  }

  async function lastLines(
    appId: string,
    filter: LogFilter,
    limit: number,
    signal: AbortSignal,
  ): Promise<FoundLine[]> {
    await logs.settle(appId)
    if (limit === 0) return []
    if (isEmpty(filter))
      return (await archive.tail(appId, limit)).map(({ line, number }) => found(line, number))
    const search: LogSearch = { filter, from: { before: null }, limit, deadlineMs: SEARCH_MS }
    const { lines } = await archive.search(appId, search, signal)
    return lines.toReversed().map(({ line, number }) => found(line, number))
  }

  async function* allLines(
    appId: string,
    filter: LogFilter,
    signal: AbortSignal,
  ): AsyncGenerator<FoundLine, void, undefined> {
    await logs.settle(appId)
    for (let after: number | null = 0; after !== null && !signal.aborted; ) {
      const search: LogSearch = {
        filter,
        from: { after },
        limit: DOWNLOAD_LINES,
        deadlineMs: SEARCH_MS,
      }
      const { lines, next } = await archive.search(appId, search, signal)
      for (const { line, number } of lines) yield found(line, number)
      after = next
    }
  }

  return {
    settings,

    /** The last lines that the filter lets through, oldest first. */
    async tail(
      actor: Actor,
      name: string,
      limit: number,
      filter: LogFilter = {},
      signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
    ): Promise<FoundLine[]> {
      return lastLines(readable(actor, name), filter, Math.min(limit, MAX_LINES), signal)
    },

    /** Lines that the filter lets through, newest first, and where to go on. */
    async search(
      actor: Actor,
      name: string,
      filter: LogFilter,
      { cursor, limit }: { cursor?: string | undefined; limit: number },
      signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
    ): Promise<LogSearchReply> {
      const appId = readable(actor, name)
      const before = numberOf(cursor)
      if (cursor !== undefined && before === undefined)
        throw new CodedError('REQUEST_INVALID', { reason: 'cursor: it is none of ours' })
      const began = clock.elapsedMs()
      await logs.settle(appId)
      const { lines, next, scannedBytes } = await archive.search(
        appId,
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

    /** Every line that is kept and that the filter lets through, oldest first, as fast as it is taken. */
    all(
      actor: Actor,
      name: string,
      filter: LogFilter,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      const appId = readable(actor, name)
      logMatcher(filter)
      return allLines(appId, filter, signal)
    },

    /**
     * The last lines, or those behind `after`, and then each line as it comes, until the signal aborts.
     * Goes on without a gap or a repeat; a reader that is too slow is told how many lines it has missed.
     */
    follow(
      actor: Actor,
      name: string,
      {
        limit,
        filter = {},
        after,
      }: { limit: number; filter?: LogFilter; after?: string | undefined },
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      const appId = readable(actor, name)
      const behind = numberOf(after)
      return followLines(
        { logs, archive, clock, lastLines: (count) => lastLines(appId, filter, count, signal) },
        { appId, limit: Math.min(limit, MAX_LINES), behind, matcher: logMatcher(filter) },
        signal,
      )
    },
  }
}
export type LogService = ReturnType<typeof createLogService>

const isEmpty = (filter: LogFilter): boolean =>
  Object.values(filter).every((value) => value === undefined)
