import type { OpenPlatformLogs } from '#core/logs/platform-logs.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodePlatformLog } from '#ports/node-platform-log.ts'

/** The log of our own processes: nothing of it is loaded before somebody looks. */
export function composePlatformLogs(given: {
  node: NodePlatformLog
  clock: Clock
}): OpenPlatformLogs {
  let logs: ReturnType<OpenPlatformLogs> | undefined
  return () =>
    (logs ??= import('#core/logs/platform-logs.ts').then(({ createPlatformLogs }) =>
      createPlatformLogs(given),
    ))
}
