import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { FoundLine, LogFilter, LogSearchReply } from '@vastrox/shared/log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { createKeptLogs, type FollowWish, SEARCH_MS } from '#core/logs/kept-logs.ts'
import type { LogSettingsService } from '#core/logs/log-settings.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'

interface Deps {
  apps: AppFinder
  logs: AppLogs
  archive: Pick<LogArchive, 'tail' | 'after' | 'lastNumber' | 'search'>
  clock: Clock
  settings: LogSettingsService
}

/** The log of an app, for those who may read it. */
export function createLogService({ apps, settings, ...deps }: Deps) {
  const kept = createKeptLogs(deps)

  function readable(actor: Actor, name: string): string {
    const app = apps.find(actor, name)
    mustBeAble(actor, 'logs.read', app.id)
    return app.id
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
      return kept.tail(readable(actor, name), limit, filter, signal)
    },

    /** Lines that the filter lets through, newest first, and where to go on. */
    async search(
      actor: Actor,
      name: string,
      filter: LogFilter,
      page: { cursor?: string | undefined; limit: number },
      signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
    ): Promise<LogSearchReply> {
      return kept.search(readable(actor, name), filter, page, signal)
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
      return kept.all(appId, filter, signal)
    },

    /** As KeptLogs. */
    follow: (
      actor: Actor,
      name: string,
      wish: FollowWish,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> =>
      kept.follow(readable(actor, name), wish, signal),
  }
}
export type LogService = ReturnType<typeof createLogService>
