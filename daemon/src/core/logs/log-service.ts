import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { LogLine } from '@vastrox/shared/log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { createLineQueue } from '#core/logs/line-queue.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  apps: AppFinder
  logs: AppLogs
  clock: Clock
}

/** What a slow reader may lag behind before lines are left out. */
const MAX_LAG = 2_000
export const MAX_LINES = 10_000

/** The log of an app, for those who may read it. */
export function createLogService({ apps, logs, clock }: Deps) {
  const dropped = (count: number): LogLine => ({
    at: clock.now().toISOString(),
    source: 'platform',
    release: null,
    stream: 'platform',
    text: `${count} lines are left out here: they came faster than they were read`,
  })

  return {
    /** The last lines, oldest first. */
    async tail(actor: Actor, name: string, limit: number): Promise<LogLine[]> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      return logs.tail(app.id, Math.min(limit, MAX_LINES))
    },

    /** The last lines and then each line as it comes, until the signal aborts. */
    follow(
      actor: Actor,
      name: string,
      limit: number,
      signal: AbortSignal,
    ): AsyncGenerator<LogLine, void, undefined> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      const queue = createLineQueue<LogLine>(MAX_LAG, dropped)
      return (async function* lines() {
        const { history, stop } = logs.open(app.id, Math.min(limit, MAX_LINES), (line) =>
          queue.push(line),
        )
        try {
          yield* await history
          yield* queue.read(signal)
        } finally {
          stop()
        }
      })()
    },
  }
}
export type LogService = ReturnType<typeof createLogService>
