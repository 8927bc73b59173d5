import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import type { AccessLine } from '@vastrox/shared/traffic.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { createAccessLogService } from '#core/logs/access-log-service.ts'
import { createTrafficService } from '#core/metrics/traffic-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { Database } from '#store/database.ts'
import { createRouteStore } from '#store/route-store.ts'

interface Given {
  db: Database
  proxy: Proxy
  finder: AppFinder
  clock: Clock
}

/** Traffic and access logs, with lines that a test puts in the place of files. */
export function createTestTraffic({ db, proxy, finder, clock }: Given, lines: AccessLine[] = []) {
  const traffic = createTrafficService({
    proxy,
    apps: finder,
    routes: createRouteStore(db),
    clock,
  })
  traffic.start()
  const accessLog = createAccessLogService({
    redactorFor: () => createRedactor([]),
    apps: finder,
    accessLogs: {
      async *all() {
        yield* lines
      },
      tail: async (_appId, _filter, limit, after = '') =>
        lines.filter(({ time }) => time > after).slice(-limit),
    },
    clock,
  })
  return { traffic, accessLog }
}
