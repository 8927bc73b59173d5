import { isIP } from 'node:net'
import type { Actor } from '@vastrox/shared/actor.ts'
import { dashboardNames } from '#adapters/system/local-authority.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { BaseDomainService } from '#core/base-domain/base-domain-service.ts'
import type { PlatformPlace } from '#core/base-domain/platform-place.ts'
import type { TlsChoice, TlsPair } from '#http/tls-choice.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { LocalAuthority } from '#ports/local-authority.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import { createAppStore } from '#store/app-store.ts'
import { createBaseDomainStore } from '#store/base-domain-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createMetaStore } from '#store/meta-store.ts'
import type { CertificateParts } from './compose-certificates.ts'
import type { DeploymentParts } from './compose-deployments.ts'
import type { DomainParts } from './compose-domains.ts'

interface Deps {
  db: Database
  place: PlatformPlace
  domains: Pick<DomainParts, 'lookAt'>
  routing: DeploymentParts['routing']
  certificates: Pick<CertificateParts, 'service' | 'providers'>
  wantAgain: () => void
  onDashboard: () => Promise<void>
  node: Pick<NodeAgent, 'setBaseDomain'>
  httpPort: number
  audit: Pick<AuditLog, 'append'>
  system: () => Actor
  events: Pick<EventStream, 'emit'>
  clock: Clock
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Of names that nobody can look up, or come by from elsewhere. */
const isOfThisMachine = (host: string): boolean => /^(127\.|::1$)/.test(host)

/** Wires the noun base domain. Moving one is loaded when somebody does, or a daemon before has. */
export function composeBaseDomain(given: Deps) {
  const { db, place } = given
  let service: Promise<BaseDomainService> | undefined
  const load = (): Promise<BaseDomainService> =>
    (service ??= import('#core/base-domain/base-domain-service.ts').then(
      ({ createBaseDomainService }) =>
        createBaseDomainService({
          ...given,
          moves: createBaseDomainStore(db),
          meta: createMetaStore(db),
          apps: createAppStore(db),
          lookAt: given.domains.lookAt,
          transact: transactionOf(db),
          certificates: {
            isTrusted: (host) => given.certificates.service.isTrusted(host),
            ensure: (hosts) => given.certificates.service.ensure(hosts),
            canProveByDns: (name) => given.certificates.providers.covers(name),
            wantAgain: given.wantAgain,
          },
        }),
    ))

  return {
    load,
    async start(): Promise<void> {
      if (place.hasMoved() || place.isMoving()) await (await load()).start()
    },
    /** For the hourly round. */
    async tend(): Promise<void> {
      if (place.needsCare()) await (await load()).tend()
    },
    async stop(): Promise<void> {
      if (service) (await service).stop()
    },
  }
}
export type BaseDomainParts = ReturnType<typeof composeBaseDomain>

/** Which certificates the dashboard shows by which name, those from before included. */
export function createDashboardPairs({
  place,
  authority,
  publicAddress,
  pairFor,
}: {
  place: PlatformPlace
  authority: LocalAuthority
  publicAddress: string
  /** Of a CA; undefined where there is none. */
  pairFor: (host: string) => TlsPair | undefined
}) {
  const issue = async (names: readonly string[]): Promise<TlsPair> => {
    const issued = await authority.issue(names)
    return { cert: issued.certificatePem, key: issued.keyPem }
  }
  const issueLocal = (): Promise<TlsPair> =>
    issue(dashboardNames(place.baseDomain(), publicAddress))

  return {
    issueLocal,
    /** Names of the dashboard that somebody else could look up, or come by. */
    hosts: (): string[] =>
      [
        place.dashboardHost(),
        publicAddress,
        ...place.former().map((each) => each.dashboardHost),
      ].filter((host, at, all) => !isOfThisMachine(host) && all.indexOf(host) === at),

    async choose(local: TlsPair): Promise<TlsChoice> {
      const host = place.dashboardHost()
      const named = pairFor(host)
      const others = await Promise.all(
        place.former().map(async (former) => {
          const names = [...new Set([former.name, former.dashboardHost])]
          const covered = beneath(names, authority)
          // Its CA may be gone: then there is none for the name, and nothing else stops for it.
          const own =
            pairFor(former.dashboardHost) ?? (covered.length > 0 ? await issue(covered) : local)
          return names.filter((name) => isIP(name) === 0).map((name) => ({ host: name, pair: own }))
        }),
      )
      // Whoever came by the bare address has trusted the CA from before, and nobody has told them yet.
      const [last] = place.former()
      const before =
        last && authority.covers(last.name)
          ? await issue(dashboardNames(last.name, publicAddress)).catch(() => undefined)
          : undefined
      return {
        local,
        address: pairFor(publicAddress) ?? before,
        named: named && { host, pair: named },
        former: others.flat(),
      }
    },
  }
}

const beneath = (names: readonly string[], authority: LocalAuthority): string[] =>
  names.filter((name) => isIP(name) === 0 && authority.covers(name))
