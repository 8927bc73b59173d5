import type { Actor } from '@vastrox/shared/actor.ts'
import type { DomainCertificate } from '@vastrox/shared/domain.ts'
import type { SignInWays } from '@vastrox/shared/sign-in.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { FirstRunService, LoadFirstRun } from '#core/first-run/first-run-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { UptimeProbe } from '#ports/uptime-probe.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createFirstRunStore } from '#store/first-run-store.ts'

export interface FirstRunDeps {
  db: Database
  probe: Pick<UptimeProbe, 'look'>
  urlsOf: (appName: string) => string[]
  waysFor: (actor: Actor) => SignInWays
  place: { baseDomain(): string; dashboardHost(): string }
  certificateOf: (host: string) => DomainCertificate | null
  isTrusted: (host: string) => boolean
  isIssued: (host: string) => boolean
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
}

/** Wires the list of first steps; loaded when somebody looks at it. */
export function composeFirstRun(given: FirstRunDeps): LoadFirstRun {
  let service: Promise<FirstRunService> | undefined
  async function make(): Promise<FirstRunService> {
    const [{ createFirstRunService }, { createFindAnsweringApp }] = await Promise.all([
      import('#core/first-run/first-run-service.ts'),
      import('#core/first-run/answering-app.ts'),
    ])
    return createFirstRunService({
      ...given,
      store: createFirstRunStore(given.db),
      findApp: createFindAnsweringApp({ ...given, apps: createAppStore(given.db) }),
      transact: transactionOf(given.db),
    })
  }
  return () => (service ??= make())
}
