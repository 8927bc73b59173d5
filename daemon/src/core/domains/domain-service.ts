import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  AddDomain,
  AddedDomain,
  ChangeDomain,
  Domain,
  DomainCertificate,
} from '@vastrox/shared/domain.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { counterpartOf } from '@vastrox/shared/host-name.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { ClaimRules } from '#core/domains/claim-rules.ts'
import { mustBeFitForPrimary, mustBeTarget, mustNotBeTarget } from '#core/domains/redirect-rules.ts'
import { describeDomain } from '#core/domains/describe-domain.ts'
import type { DomainWatch } from '#core/domains/domain-watch.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DomainRecord, DomainStore } from '#store/domain-store.ts'

interface Deps {
  apps: AppFinder
  domains: DomainStore
  rules: ClaimRules
  watch: Pick<DomainWatch, 'checkNow' | 'begin'>
  routing: Pick<RoutingService, 'writeHosts' | 'publish'>
  certificates: {
    stateOf(host: string): DomainCertificate | null
    want(hosts: readonly string[]): void
  }
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  /** What a TXT record has to say. */
  newProof: () => string
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

interface Change {
  actor: Actor
  action: string
  apps: readonly AppRecord[]
  target: string
  details?: Record<string, unknown>
  write: () => void
}

/** The host names that apps have claimed besides their own. */
export function createDomainService(deps: Deps) {
  const { apps, domains, rules, clock, transact } = deps

  const show = (record: DomainRecord, app: AppRecord): Domain =>
    describeDomain(record, app.name, deps.certificates.stateOf(record.host))

  function findIn(actor: Actor, app: AppRecord, host: string): DomainRecord {
    const found = domains.listForApp(actor, app.id).find((each) => each.host === host)
    if (!found) throw new CodedError('DOMAIN_NOT_FOUND', { host })
    return found
  }

  const changeable = (actor: Actor, appName: string): AppRecord => {
    const app = apps.find(actor, appName)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  /** Rows, routes and audit event together; then the proxy is told. It also takes what it has missed. */
  async function change({ actor, action, target, details = {}, ...given }: Change): Promise<void> {
    transact(() => {
      given.write()
      for (const app of given.apps) deps.routing.writeHosts(app)
      deps.audit.append({ actor, action, target, details })
    })
    for (const { teamId, name } of given.apps)
      deps.events.emit({ teamId, type: 'domains.changed', app: name, subject: null })
    await deps.routing
      .publish()
      .catch((error: unknown) => deps.onProblem('the proxy did not take a domain', error))
  }

  function claim(
    actor: Actor,
    app: AppRecord,
    {
      host,
      registrable,
      prove,
      redirectTo,
    }: { host: string; registrable: string; prove: boolean; redirectTo: string | null },
  ): DomainRecord {
    const own = domains.listForApp(actor, app.id)
    const { leftBehind, needsProof } = rules.read(actor, app, { host, registrable, prove })
    rules.mustHaveRoom(own)
    if (redirectTo !== null) mustBeTarget(own, redirectTo, host)
    for (const { id } of leftBehind) domains.removeForPlatform(id)
    const at = clock.now().toISOString()
    const isPrimary =
      !needsProof &&
      redirectTo === null &&
      !host.startsWith('*.') &&
      !own.some((each) => each.isPrimary)
    const record: DomainRecord = {
      id: deps.newId(),
      teamId: app.teamId,
      appId: app.id,
      host,
      registrable,
      redirectTo,
      isPrimary,
      servedSince: needsProof ? null : at,
      provenAt: null,
      proof: needsProof ? deps.newProof() : null,
      check: null,
      nextCheckAt: at,
      waitingSince: at,
      createdAt: at,
    }
    domains.save(actor, record)
    return record
  }

  /** Free, and such that one would want it: www of what can be bought, or the other way round. */
  function offerFor(
    actor: Actor,
    app: AppRecord,
    { host, registrable }: DomainRecord,
  ): string | null {
    const other = counterpartOf(host)
    if (other !== registrable && host !== registrable) return null
    try {
      rules.read(actor, app, { host: other, registrable, prove: false })
      return other
    } catch (error) {
      if (error instanceof CodedError) return null
      throw error
    }
  }

  return {
    /** The primary one first. */
    list(actor: Actor, appName: string): Domain[] {
      const app = apps.find(actor, appName)
      return domains.listForApp(actor, app.id).map((record) => show(record, app))
    },

    get(actor: Actor, appName: string, host: string): Domain {
      const app = apps.find(actor, appName)
      return show(findIn(actor, app, host), app)
    },

    /**
     * Claims a name for the app, and is served at once; the DNS may follow later. Throws DOMAIN_TAKEN,
     * DOMAIN_RESERVED, DOMAIN_IS_SUFFIX or DOMAIN_REDIRECT_INVALID.
     */
    async add(actor: Actor, appName: string, wish: AddDomain): Promise<AddedDomain> {
      const app = changeable(actor, appName)
      const { host, redirectTo, prove } = wish
      const registrable = await rules.registrableOf(host)
      const added: DomainRecord[] = []
      await change({
        actor,
        action: 'domain.add',
        target: host,
        details: { app: app.name, redirectTo },
        apps: [app],
        write: () => {
          const first = claim(actor, app, { host, registrable, prove, redirectTo })
          added.push(first)
          const other =
            wish.withCounterpart && redirectTo === null ? offerFor(actor, app, first) : null
          if (other !== null && first.servedSince !== null)
            added.push(
              claim(actor, app, { host: other, registrable, prove: false, redirectTo: host }),
            )
        },
      })
      deps.watch.begin()
      deps.certificates.want(servedHosts(added))
      const [domain, also] = added
      if (!domain) throw new CodedError('DOMAIN_NOT_FOUND', { host })
      return {
        domain: show(domain, app),
        also: also ? show(also, app) : null,
        offer: also ? null : offerFor(actor, app, domain),
      }
    },

    /** A redirect to another of its domains, or none; and which one is shown as the app's address. */
    async change(actor: Actor, appName: string, host: string, wish: ChangeDomain): Promise<Domain> {
      const app = changeable(actor, appName)
      await change({
        actor,
        action: 'domain.change',
        target: host,
        details: { app: app.name, ...wish },
        apps: [app],
        write: () => {
          const own = domains.listForApp(actor, app.id)
          const before = findIn(actor, app, host)
          const next = { ...before }
          if (wish.redirectTo !== undefined) {
            if (wish.redirectTo !== null) {
              mustBeTarget(own, wish.redirectTo, host)
              mustNotBeTarget(own, host)
            }
            next.redirectTo = wish.redirectTo
            // What redirects is nobody's address: where it leads to is.
            if (wish.redirectTo !== null && before.isPrimary) next.isPrimary = false
            if (wish.redirectTo !== null && before.isPrimary)
              makePrimary(actor, own, wish.redirectTo)
          }
          if (wish.isPrimary === true) {
            mustBeFitForPrimary(next)
            makePrimary(actor, own, host)
            next.isPrimary = true
          }
          domains.save(actor, next)
        },
      })
      return show(findIn(actor, app, host), app)
    },

    /** Its route is gone at once; certificates are kept (rule R3). What redirected to it serves the app. */
    async remove(actor: Actor, appName: string, host: string): Promise<void> {
      const app = changeable(actor, appName)
      await change({
        actor,
        action: 'domain.remove',
        target: host,
        details: { app: app.name },
        apps: [app],
        write: () => {
          const record = findIn(actor, app, host)
          const others = domains.listForApp(actor, app.id).filter(({ id }) => id !== record.id)
          for (const other of others)
            if (other.redirectTo === host) domains.save(actor, { ...other, redirectTo: null })
          domains.remove(actor, record.id)
          const heir = others.find(
            (each) =>
              each.servedSince !== null &&
              !each.host.startsWith('*.') &&
              (each.redirectTo === null || each.redirectTo === host),
          )
          if (record.isPrimary && heir)
            domains.save(actor, { ...heir, redirectTo: null, isPrimary: true })
        },
      })
    },

    /**
     * Hands a domain over to another app of the team: the proxy learns of both in one step, so that no
     * request finds nobody. Throws DOMAIN_MOVE_REFUSED where nothing of the other app would answer.
     */
    async move(actor: Actor, appName: string, host: string, to: string): Promise<Domain> {
      const app = changeable(actor, appName)
      const heir = changeable(actor, to)
      if (heir.id === app.id)
        throw new CodedError('DOMAIN_MOVE_REFUSED', { reason: 'It is there already.' })
      if (heir.liveReleaseId === null && app.liveReleaseId !== null)
        throw new CodedError('DOMAIN_MOVE_REFUSED', {
          reason: `${heir.name} has nothing deployed: visitors of ${host} would find nobody.`,
        })
      await change({
        actor,
        action: 'domain.move',
        target: host,
        details: { from: app.name, to: heir.name },
        // The heir first: its routes take over the rows of those before.
        apps: [heir, app],
        write: () => {
          const record = findIn(actor, app, host)
          const own = domains.listForApp(actor, app.id)
          const there = domains.listForApp(actor, heir.id)
          mustNotBeTarget(own, host)
          rules.mustHaveRoom(there)
          if (there.some((each) => each.host === host))
            throw new CodedError('DOMAIN_TAKEN', { host, reason: `${heir.name} has it already.` })
          const isPrimary = !host.startsWith('*.') && !there.some((each) => each.isPrimary)
          domains.save(actor, { ...record, appId: heir.id, redirectTo: null, isPrimary })
          const next = own.find(
            (each) =>
              each.id !== record.id &&
              each.redirectTo === null &&
              each.servedSince !== null &&
              !each.host.startsWith('*.'),
          )
          if (record.isPrimary && next) domains.save(actor, { ...next, isPrimary: true })
        },
      })
      return show(findIn(actor, heir, host), heir)
    },

    /** Looks at it now, and says what is wrong in words. */
    async check(actor: Actor, appName: string, host: string, signal: AbortSignal): Promise<Domain> {
      const app = apps.find(actor, appName)
      const { id } = findIn(actor, app, host)
      await deps.watch.checkNow(id, signal)
      return show(findIn(actor, app, host), app)
    },
  }

  function makePrimary(actor: Actor, own: readonly DomainRecord[], host: string): void {
    for (const each of own)
      if (each.isPrimary !== (each.host === host))
        domains.save(actor, { ...each, isPrimary: each.host === host })
  }
}
export type DomainService = ReturnType<typeof createDomainService>

const servedHosts = (records: readonly DomainRecord[]): string[] =>
  records.flatMap(({ host, servedSince }) => (servedSince === null ? [] : [host]))
