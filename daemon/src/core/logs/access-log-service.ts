import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { AccessLine, AccessLogFilter } from '@vastrox/shared/traffic.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { withoutSecrets } from '#core/logs/without-secrets.ts'
import type { AccessLogs } from '#ports/access-logs.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  apps: AppFinder
  accessLogs: AccessLogs
  redactorFor: (appId: string) => Redactor
  clock: Clock
}

export const MAX_ACCESS_LINES = 1_000
/** Workers write once a second. */
const LOOK_EVERY_MS = 1_000

/** Who asked an app for what, for those who may read its logs. */
export function createAccessLogService({ apps, accessLogs: files, redactorFor, clock }: Deps) {
  const accessLogs = withoutSecrets(files, redactorFor)

  async function* followFiles(
    appId: string,
    filter: AccessLogFilter,
    limit: number,
    signal: AbortSignal,
  ): AsyncGenerator<AccessLine, void, undefined> {
    let after = clock.now().toISOString()
    const told = new Set<string>()
    for (const line of await accessLogs.tail(appId, filter, limit)) {
      told.add(line.requestId)
      yield line
    }
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {
        // The reader has gone.
      })
      if (signal.aborted) return
      const from = after
      // Several workers write, each once a second: what is a little older may come later.
      after = new Date(clock.now().getTime() - 5 * LOOK_EVERY_MS).toISOString()
      for (const line of await accessLogs.tail(appId, filter, MAX_ACCESS_LINES, from)) {
        if (told.has(line.requestId)) continue
        told.add(line.requestId)
        yield line
      }
      if (told.size > 10 * MAX_ACCESS_LINES) forgetHalf(told)
    }
  }

  return {
    /** The last requests that the filter lets through, oldest first. */
    async tail(
      actor: Actor,
      name: string,
      filter: AccessLogFilter,
      limit: number,
    ): Promise<AccessLine[]> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      return accessLogs.tail(app.id, filter, Math.min(limit, MAX_ACCESS_LINES))
    },

    /** Every request that is kept, oldest first, as fast as whoever asked takes it. */
    all(
      actor: Actor,
      name: string,
      filter: AccessLogFilter,
    ): AsyncGenerator<AccessLine, void, undefined> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      return accessLogs.all(app.id, filter)
    },

    /** The last requests, and then each as it is written, until the signal aborts. */
    follow(
      actor: Actor,
      name: string,
      filter: AccessLogFilter,
      limit: number,
      signal: AbortSignal,
    ): AsyncGenerator<AccessLine, void, undefined> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      return followFiles(app.id, filter, Math.min(limit, MAX_ACCESS_LINES), signal)
    },
  }
}
export type AccessLogService = ReturnType<typeof createAccessLogService>

function forgetHalf(told: Set<string>): void {
  let left = told.size / 2
  for (const id of told) {
    if (left <= 0) return
    told.delete(id)
    left -= 1
  }
}
