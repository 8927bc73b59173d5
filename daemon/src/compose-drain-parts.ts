import { createLogDrainEnds } from '#adapters/drains/log-drain-ends.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Notify } from '#core/channels/notify.ts'
import { createDrainBook } from '#core/drains/drain-book.ts'
import { createDrainService } from '#core/drains/drain-service.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import type { LogDrainStore } from '#store/log-drain-store.ts'

export interface DrainPartsDeps {
  db: Database
  drains: LogDrainStore
  logs: Pick<AppLogs, 'onLine'>
  finder: AppFinder
  /** All to guarded addresses (rule C11). */
  http: HttpClient
  addresses: GuardedAddresses
  allowedAddresses: GuardedAddresses
  extraCa: () => string
  hostName: () => string
  notify: Notify
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  dashboardUrl: () => string
  /** From 0 to 1. */
  random: () => number
}

/** Wires what sends logs on. Loaded once there is a drain, or somebody asks. */
export function composeDrainParts(given: DrainPartsDeps) {
  const deps = { ...given, apps: createAppStore(given.db), transact: transactionOf(given.db) }
  const ends = createLogDrainEnds(given)
  const book = createDrainBook({ ...deps, ends })
  book.openAll()
  const stopListening = given.logs.onLine((owner, line) => book.take(owner, line))
  return {
    service: createDrainService({ ...deps, ends, book }),
    async stop(): Promise<void> {
      stopListening()
      await book.stop()
    },
  }
}
