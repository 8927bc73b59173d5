import type { DomainCertificate } from '@vastrox/shared/domain.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Harness } from '#test/harness.ts'
import { composeDomains } from '../src/compose-domains.ts'

interface Options {
  audit: Pick<AuditLog, 'append'>
  /** Nobody answers, where nothing is said. */
  checks?: InstallationConfig['domainChecks']
  publicAddress?: string
  interfaces?: string[]
  shutPorts?: () => readonly number[]
  reachKey?: string
  baseDomain?: string
}

/** Domains over the harness of apps: rows and routes are real, and so are questions to the DNS. */
export function createTestDomains(harness: Harness, options: Options) {
  const wanted: string[] = []
  const states = new Map<string, DomainCertificate>()
  const { publicAddress = '198.51.100.7', baseDomain = 'apps.test' } = options
  const parts = composeDomains({
    db: harness.db,
    apps: createAppFinder(harness.apps),
    routing: harness.routing,
    certificates: {
      stateOf: (host) => states.get(host) ?? null,
      want: (hosts) => void wanted.push(...hosts),
      caaDomains: () => ['letsencrypt.org'],
    },
    audit: options.audit,
    events: harness.events,
    clock: harness.clock,
    newId: harness.newId,
    installation: {
      publicAddress,
      httpPort: 80,
      httpsPort: 443,
      acmeDirectory: null,
      domainChecks: options.checks ?? { dnsServers: ['127.0.0.1:9'] },
    },
    place: { baseDomain: () => baseDomain, own: () => [baseDomain] },
    reachKey: options.reachKey ?? '11'.repeat(32),
    shutPorts: async () => options.shutPorts?.() ?? [],
    trustedProxies: () => [],
    random: () => 0.5,
    onProblem: (what, error) => void harness.problems.push(`${what}: ${String(error)}`),
    interfaces: () => options.interfaces ?? [publicAddress],
  })
  return { ...parts, wanted, states }
}
export type TestDomains = ReturnType<typeof createTestDomains>
