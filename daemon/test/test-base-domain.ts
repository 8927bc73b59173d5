import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createBaseDomainService } from '#core/base-domain/base-domain-service.ts'
import type { Looked } from '#core/base-domain/look-at-base-domain.ts'
import { createPlatformPlace } from '#core/base-domain/platform-place.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createBaseDomainStore } from '#store/base-domain-store.ts'
import { transactionOf } from '#store/database.ts'
import { createMetaStore } from '#store/meta-store.ts'
import type { Harness } from '#test/harness.ts'

interface Options {
  audit: Pick<AuditLog, 'append'>
  installation?: Partial<Pick<InstallationConfig, 'baseDomain' | 'publicAddress' | 'dashboardPort'>>
  /** Names that lead here; all, where it is left out. */
  leadsHere?: (name: string) => boolean
  canProveByDns?: (name: string) => boolean
  crashPoint?: (name: string) => void
}

/** The platform's own domain over the harness of apps: rows and routes are real, the DNS is what a test says. */
export function createTestBaseDomain(harness: Harness, options: Options) {
  const { db, clock, newId, events, node } = harness
  const transact = transactionOf(db)
  const moves = createBaseDomainStore(db)
  const meta = createMetaStore(db)
  const place = createPlatformPlace({
    moves,
    meta,
    installation: {
      baseDomain: 'localhost',
      publicAddress: '203.0.113.10',
      dashboardPort: 8443,
      ...options.installation,
    },
    clock,
    newId,
    transact,
  })
  harness.world.place = place
  const told: string[] = []
  const lookAt = async (name: string): Promise<Looked> => {
    const leadsHere = options.leadsHere?.(name) ?? true
    const summary = leadsHere ? `${name} leads here.` : `${name} leads elsewhere.`
    return { name, leadsHere, summary, findings: [], records: [] }
  }
  const service = createBaseDomainService({
    place,
    moves,
    meta,
    apps: harness.apps,
    lookAt,
    routing: harness.routing,
    certificates: {
      isTrusted: (host) => harness.world.trusted.has(host),
      ensure: async (hosts) => void told.push(`ensure ${hosts.join(' ')}`),
      canProveByDns: options.canProveByDns ?? (() => false),
      wantAgain: () => void told.push('want again'),
    },
    onDashboard: async () => void told.push('dashboard'),
    node: node.agent(() => false),
    httpPort: 80,
    audit: options.audit,
    system: () => systemActor(harness.actor.teamId),
    events,
    clock,
    transact,
    crashPoint: options.crashPoint ?? (() => {}),
    onProblem: (what, error) => void harness.problems.push(`${what}: ${String(error)}`),
  })
  return { place, service, load: async () => service, told }
}
export type TestBaseDomain = ReturnType<typeof createTestBaseDomain>
