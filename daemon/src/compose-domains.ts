import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import type { DomainCertificate } from '@vastrox/shared/domain.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { createDns } from '#adapters/system/dns.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { takesConnections } from '#adapters/system/port-knock.ts'
import { publicSuffixes } from '#adapters/system/public-suffixes.ts'
import { createReachProbe } from '#adapters/system/reach-probe.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createLookAtBaseDomain } from '#core/base-domain/look-at-base-domain.ts'
import type { PlatformPlace } from '#core/base-domain/platform-place.ts'
import { createCheckDomain } from '#core/domains/check-domain.ts'
import { createClaimRules } from '#core/domains/claim-rules.ts'
import { createDomainService } from '#core/domains/domain-service.ts'
import { createDomainWatch } from '#core/domains/domain-watch.ts'
import type { OurPlace } from '#core/domains/facts.ts'
import { createGatherFacts } from '#core/domains/gather-facts.ts'
import { createPreflight } from '#core/domains/preflight.ts'
import { createReach } from '#core/domains/reach.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import { interfaceAddresses } from '#lib/own-addresses.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDomainStore } from '#store/domain-store.ts'

interface Deps {
  db: Database
  apps: AppFinder
  routing: RoutingService
  certificates: {
    stateOf(host: string): DomainCertificate | null
    want(hosts: readonly string[]): void
    /** Of the issuers that may be asked, as CAA records name them. */
    caaDomains(): readonly string[]
  }
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  installation: Pick<
    InstallationConfig,
    'publicAddress' | 'httpPort' | 'httpsPort' | 'domainChecks' | 'acmeDirectory'
  >
  place: Pick<PlatformPlace, 'baseDomain' | 'own'>
  /** Hex; the proxy answers with it. */
  reachKey: string
  /** Ports that our own firewall keeps shut to the world. */
  shutPorts: () => Promise<readonly number[]>
  /** Networks of proxies that are believed about visitors. */
  trustedProxies: () => readonly string[]
  random: () => number
  onProblem: (what: string, error: unknown) => void
  /** In place of the machine's own, in tests. */
  interfaces?: () => string[]
}

const HTTP = 80
const HTTPS = 443
const DNS = 53

/** Wires the noun domain: claims, looks at the DNS, and what is asked before a certificate is ordered. */
export function composeDomains(given: Deps) {
  const { db, installation } = given
  const {
    dnsServers = [],
    zonePort = DNS,
    httpPort = HTTP,
    httpsPort = HTTPS,
  } = installation.domainChecks ?? {}
  const ourPlace = (): OurPlace => ({
    publicAddress: installation.publicAddress,
    interfaces: (given.interfaces ?? interfaceAddresses)(),
    isPrivateWorld: dnsServers.length > 0 || installation.acmeDirectory !== null,
    trustedProxies: given.trustedProxies(),
    httpPort: installation.httpPort,
    httpsPort: installation.httpsPort,
  })
  const own = (): string[] =>
    [installation.publicAddress, ...ourPlace().interfaces].flatMap((address) =>
      isIP(address) === 0 ? [] : [`${address}/${isIP(address) === 4 ? 32 : 128}`],
    )
  // Only what is out in the world is asked, and besides our own web ports and the servers that were named.
  const webGuard = createGuardedAddresses({ allowed: own, lowPorts: [HTTP, HTTPS] })
  const named = dnsServers
    .map((server) => server.replace(/:\d+$/, ''))
    .filter((each) => isIP(each) !== 0)
  const dnsGuard = createGuardedAddresses({
    allowed: () => named.map((each) => `${each}/${isIP(each) === 4 ? 32 : 128}`),
    lowPorts: [DNS],
  })
  const dns = createDns({ servers: dnsServers, guard: dnsGuard, zonePort })
  const gather = createGatherFacts({
    dns,
    reach: createReach({
      probe: createReachProbe({ guard: webGuard }),
      key: given.reachKey,
      port: httpPort,
    }),
    takesConnections: (address, signal) =>
      takesConnections(webGuard, { address, port: httpsPort }, signal),
    place: ourPlace,
    shutPorts: given.shutPorts,
  })
  const deps = {
    ...given,
    domains: createDomainStore(db),
    transact: transactionOf(db),
  }
  const check = createCheckDomain({
    ...deps,
    dns,
    gather,
    place: ourPlace,
    caaDomains: () => given.certificates.caaDomains(),
  })
  const watch = createDomainWatch({ ...deps, apps: createAppStore(db), check })
  const rules = createClaimRules({
    ...deps,
    suffixes: publicSuffixes,
    baseDomain: given.place.baseDomain,
    own: given.place.own,
  })

  return {
    service: createDomainService({
      ...deps,
      rules,
      watch,
      newProof: () => `vastrox-verify=${randomBytes(16).toString('hex')}`,
    }),
    preflight: createPreflight({
      dns,
      gather,
      place: ourPlace,
      // The list of suffixes stays away: names of apps are asked for without anybody adding one.
      registrableOf: (host) =>
        deps.domains.registrableForPlatform(host) ?? host.split('.').slice(-2).join('.'),
      isAddress: (host) => isIP(host) !== 0,
    }),
    store: deps.domains,
    /** The judge of a platform's own domain. */
    lookAt: createLookAtBaseDomain({
      check,
      suffixes: publicSuffixes,
      publicAddress: installation.publicAddress,
    }),
    start: (): void => watch.start(),
    stop: (): Promise<void> => watch.stop(),
  }
}
export type DomainParts = ReturnType<typeof composeDomains>
