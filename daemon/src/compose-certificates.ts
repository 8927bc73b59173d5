import { existsSync, readFileSync } from 'node:fs'
import { createOpenAuthority } from '#adapters/acme/open-authority.ts'
import { certificateTools } from '#adapters/acme/certificate-tools.ts'
import { createServedCertificates } from '#adapters/system/served-certificates.ts'
import { createDnsUpdate } from '#adapters/dns-update/dns-update.ts'
import { dnsProviders } from '#catalog/dns-providers/index.ts'
import { createDnsProviderService } from '#core/certificates/dns-provider-service.ts'
import { createDnsProviderStore } from '#store/dns-provider-store.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createAttempt } from '#core/certificates/attempt.ts'
import { createBudget } from '#core/certificates/budget.ts'
import { createCertificateHistory } from '#core/certificates/certificate-history.ts'
import { createCertificateService } from '#core/certificates/certificate-service.ts'
import { createIssuerAccounts } from '#core/certificates/issuer-accounts.ts'
import { setUpIssuers } from '#core/certificates/issuer-defaults.ts'
import { createIssuerService } from '#core/certificates/issuer-service.ts'
import { createKeptCertificates } from '#core/certificates/kept-certificates.ts'
import { createLocalCertificates } from '#core/certificates/local-certificates.ts'
import { createObtain } from '#core/certificates/obtain.ts'
import type { CertificateNews } from '#core/outgoing-webhooks/tell.ts'
import { createRenewalRounds } from '#core/certificates/renewal-rounds.ts'
import { createSharedLine } from '#core/certificates/shared-line.ts'
import type { CertificateTools, OpenAuthority } from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { DomainPreflight } from '#ports/domain-preflight.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { LocalAuthority } from '#ports/local-authority.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { ServedCertificates } from '#ports/served-certificate.ts'
import { createCertificateEventStore } from '#store/certificate-event-store.ts'
import { createCertificateOrderStore } from '#store/certificate-order-store.ts'
import { createCertificateStore } from '#store/certificate-store.ts'
import { createCertificateWantStore } from '#store/certificate-want-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createIssuerStore } from '#store/issuer-store.ts'

export interface CertificateDeps {
  db: Database
  config: {
    acmeDirectory: string | null
    acmeCaFile: string | null
    acmeEmail: string | null
    httpsPort: number
  }
  version: string
  local: LocalAuthority
  preflight: DomainPreflight
  publish: () => Promise<void>
  /** To services that operators name. */
  http: HttpClient
  onDashboard: () => void
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  secretBox: SecretBox
  clock: Clock
  newId: NewId
  teamId: () => string
  /** Names of the dashboard: they come first. */
  isOwn?: (names: string) => boolean
  random: () => number
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
  /** Told what became of an order, inside the transaction of its rows. */
  noteNews?: (news: CertificateNews) => void
  /** Real ones, unless a test says otherwise. */
  openAuthority?: OpenAuthority
  served?: ServedCertificates
  tools?: CertificateTools
}

/** Certificates: of the local CA, of public ones, and uploaded. */
export function composeCertificates(deps: CertificateDeps) {
  const { db, config, clock, secretBox } = deps
  const transact = transactionOf(db)
  const certificates = createCertificateStore(db)
  const wants = createCertificateWantStore(db)
  const orders = createCertificateOrderStore(db)
  const issuers = createIssuerStore(db)
  const tools = deps.tools ?? certificateTools
  const openAuthority =
    deps.openAuthority ??
    createOpenAuthority({ userAgent: `Vastrox/${deps.version}`, now: () => clock.now() })

  setUpIssuers({
    issuers,
    clock,
    teamId: deps.teamId(),
    configured: {
      directoryUrl: config.acmeDirectory,
      caPem: readBundle(config.acmeCaFile),
      email: config.acmeEmail,
    },
  })
  const accounts = createIssuerAccounts({ issuers, openAuthority, tools, secretBox })
  const budget = createBudget({
    orders,
    ownersOf: (team) => wants.countOwnersForPlatform(team),
    clock,
  })
  const history = createCertificateHistory({ events: createCertificateEventStore(db), clock })
  const isOwn = deps.isOwn ?? ((): boolean => false)
  const shared = {
    ...deps,
    certificates,
    wants,
    orders,
    issuers,
    accounts,
    budget,
    transact,
    tools,
    history,
    isOwn,
  }
  const providers = createDnsProviderService({
    ...shared,
    dnsProviders: createDnsProviderStore(db),
    kinds: dnsProviders,
    hands: {
      update: createDnsUpdate({ now: () => clock.now() }),
      http: deps.http,
    },
    onChange: () => service.tryAllNow(),
  })
  const obtain = createObtain({
    ...shared,
    async show(challenges, signal) {
      if (challenges.some(({ type }) => type !== 'dns-01')) await deps.publish()
      await providers.show(challenges, signal)
    },
    hide: (challenges) =>
      void providers
        .hide(challenges)
        .catch((error: unknown) => deps.onProblem('a DNS record could not be removed', error)),
  })
  const service = createCertificateService({
    ...shared,
    local: createLocalCertificates({ ...shared, authority: deps.local }),
    attempt: createAttempt({
      ...shared,
      obtain,
      line: createSharedLine(shared),
      canProveByDns: (name) => providers.covers(name),
    }),
    rounds: createRenewalRounds({ ...shared, onChange: () => service.changed() }),
    served: deps.served ?? createServedCertificates(config.httpsPort),
  })
  return {
    service,
    certificates,
    issuers,
    accounts,
    issuerService: createIssuerService({ ...shared, onChange: () => service.tryAllNow() }),
    providers,
    kept: createKeptCertificates({ ...shared, service }),
  }
}
export type CertificateParts = ReturnType<typeof composeCertificates>

/** A bundle that has gone is not a reason to take down apps: the CA is then not reached, and says so. */
const readBundle = (path: string | null): string | null =>
  path !== null && existsSync(path) ? readFileSync(path, 'utf8') : null
