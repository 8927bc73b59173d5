import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { BaseDomain, BaseDomainCheck, MoveBaseDomain } from '@vastrox/shared/base-domain.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { consequencesOf } from '#core/base-domain/consequences.ts'
import { isLocalhost, type LookAtBaseDomain } from '#core/base-domain/look-at-base-domain.ts'
import type { PlatformPlace } from '#core/base-domain/platform-place.ts'
import { covers } from '#core/certificates/names.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BaseDomainStore, MoveRecord } from '#store/base-domain-store.ts'
import type { Transact } from '#store/database.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  place: PlatformPlace
  moves: BaseDomainStore
  meta: Pick<MetaStore, 'writeNoteForPlatform'>
  apps: Pick<AppStore, 'listForPlatform'>
  lookAt: LookAtBaseDomain
  routing: Pick<RoutingService, 'hostsOf' | 'writeHosts' | 'publish'>
  certificates: {
    isTrusted(host: string): boolean
    /** Of the local CA, for hosts that have none yet. */
    ensure(hosts: readonly string[]): Promise<unknown>
    /** Whether a proof by DNS can be given for the name. */
    canProveByDns(name: string): boolean
    /** What is wanted of public CAs has changed: works out anew what. */
    wantAgain(): void
  }
  /** The dashboard shows certificates for the names of now. */
  onDashboard: () => Promise<void>
  node: Pick<NodeAgent, 'setBaseDomain'>
  httpPort: number
  audit: Pick<AuditLog, 'append'>
  system: () => Actor
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

const AGAIN_MS = 30_000

/**
 * Moves the whole platform to another domain, and back. The row is first: whichever daemon finds a move
 * that is under way goes on with it. Apps answer by their old names all the while, and for 30 days after.
 */
export function createBaseDomainService(deps: Deps) {
  const { place, moves, audit, clock, transact, certificates, crashPoint } = deps
  let again: NodeJS.Timeout | undefined
  let carrying: Promise<void> | undefined

  const openMove = (): MoveRecord | undefined =>
    place.moves().find(({ state }) => state === 'moving')

  /** What can be taken back: the move that led to where the platform is. */
  function undoable(): MoveRecord | undefined {
    const last = place.moves().find(({ state }) => state === 'done')
    const now = clock.now().toISOString()
    return last && !last.isUndo && last.to === place.baseDomain() && last.until > now
      ? last
      : undefined
  }

  const isWildcardWanted = (name: string): boolean =>
    !isLocalhost(name) && certificates.canProveByDns(`*.${name}`)

  function show(): BaseDomain {
    const name = place.baseDomain()
    const undo = undoable()
    return {
      name,
      dashboardUrl: place.dashboardUrl(),
      appUrlPattern: `http://<app>.${name}${deps.httpPort === 80 ? '' : `:${deps.httpPort}`}`,
      isTrusted: certificates.isTrusted(place.dashboardHost()),
      isMoving: openMove() !== undefined,
      isWildcardWanted: isWildcardWanted(name),
      former: place.former(),
      undo: undo && !openMove() ? { to: undo.from, until: undo.until } : null,
    }
  }

  /** Cookies know no ports: an app at the dashboard's name would be given those of the dashboard. */
  function mustBeFree(name: string): void {
    const taken = moves
      .claimedForPlatform()
      .find(({ host }) => host === name || covers([host], name))
    if (taken)
      throw new CodedError('BASE_DOMAIN_TAKEN', {
        name,
        reason: `${taken.app} has ${taken.host}.`,
      })
    const bases = [place.baseDomain(), ...place.former().map((each) => each.name)]
    for (const app of deps.apps.listForPlatform())
      for (const base of bases) {
        // By its own name it would be where the dashboard will be, or where it was.
        const host = [`${app.name}.${base}`, `${app.name}.${name}`].find(
          (each, at) => each === (at === 0 ? name : base),
        )
        if (host !== undefined)
          throw new CodedError('BASE_DOMAIN_TAKEN', {
            name,
            reason: `An app is called ${app.name}: it and the dashboard would both be at ${host}.`,
          })
      }
  }

  async function check(name: string, signal?: AbortSignal): Promise<BaseDomainCheck> {
    const looked = await deps.lookAt(name, signal)
    const { until } = place.newMove({ from: place.baseDomain(), to: name, by: '' })
    return {
      ...looked,
      consequences: consequencesOf({
        from: place.baseDomain(),
        to: name,
        fromHost: place.dashboardHost(),
        until,
        isTrusted: certificates.isTrusted(name),
        isWildcardWanted: isWildcardWanted(name),
        isLocal: isLocalhost(name),
        bound: moves.countBoundForPlatform(place.dashboardHost()),
      }),
    }
  }

  function begin(actor: Actor, move: MoveRecord, action: string): void {
    if (openMove()) throw new CodedError('BASE_DOMAIN_BUSY')
    transact(() => {
      place.save(move)
      const details = { from: move.from, to: move.to, sendsOn: move.sendsOn }
      audit.append({ actor, action, target: move.to, details })
    })
    crashPoint('baseDomain.afterBegun')
  }

  /** Every step can be done twice: a daemon that died in the middle has left the row as it is. */
  async function carryOut(move: MoveRecord): Promise<void> {
    const former = new Set([...place.former().map(({ name }) => name), move.from])
    former.delete(move.to)
    await deps.node.setBaseDomain(move.to, [...former].slice(0, 8))
    crashPoint('baseDomain.afterConfig')
    place.take(move.to)
    const apps = deps.apps.listForPlatform()
    await certificates
      .ensure(apps.map(({ name }) => `${name}.${move.to}`))
      .catch((error: unknown) => deps.onProblem('local certificates for the new names', error))
    transact(() => {
      for (const undone of place.moves())
        if (move.isUndo && undone.state === 'done' && undone.to === move.from)
          place.save({ ...undone, state: 'undone' })
      place.save({ ...move, state: 'done' })
      deps.meta.writeNoteForPlatform('base_domain', move.to)
      for (const app of apps) deps.routing.writeHosts(app)
    })
    crashPoint('baseDomain.afterRoutes')
    await deps.routing.publish()
    certificates.wantAgain()
    await deps.onDashboard()
    const { teamId } = deps.system()
    deps.events.emit({ teamId, type: 'base-domain.changed', app: null, subject: null })
  }

  /** One at a time; a failure before config.json is written leaves everything as it was. */
  async function run(move: MoveRecord): Promise<void> {
    const running = (carrying ??= carryOut(move).finally(() => (carrying = undefined)))
    try {
      await running
    } catch (error) {
      if (place.baseDomain() === move.to) {
        // It is there, and something is not told of it yet.
        deps.onProblem('moving the base domain', error)
        later()
        return
      }
      transact(() => {
        place.save({ ...move, state: 'failed', endedAt: clock.now().toISOString() })
        const details = { from: move.from, reason: sayError(error) }
        const failed = { action: 'base-domain.move', target: move.to, details }
        audit.append({ actor: deps.system(), result: 'failed', ...failed })
      })
      throw error
    }
  }

  function later(): void {
    clearTimeout(again)
    again = setTimeout(() => void finish(), AGAIN_MS)
    again.unref()
  }

  /** What a daemon before has begun; tried until it is done. */
  async function finish(): Promise<void> {
    const move = openMove()
    try {
      if (move) await (carrying ??= carryOut(move).finally(() => (carrying = undefined)))
      else await deps.routing.publish()
    } catch (error) {
      deps.onProblem('finishing to move the base domain', error)
      later()
    }
  }

  return {
    get(actor: Actor): BaseDomain {
      mustBeAble(actor, 'node.read')
      return show()
    },

    /** Looks at the DNS of a name, changes nothing. */
    check(actor: Actor, name: string, signal?: AbortSignal): Promise<BaseDomainCheck> {
      mustBeAble(actor, 'node.read')
      return check(name, signal)
    },

    /**
     * Throws BASE_DOMAIN_SAME, BASE_DOMAIN_TAKEN, BASE_DOMAIN_BUSY, and BASE_DOMAIN_ELSEWHERE where its
     * DNS does not lead here, unless that is wished.
     */
    async move(actor: Actor, { name, anyway }: MoveBaseDomain): Promise<BaseDomain> {
      mustBeAble(actor, 'node.change')
      if (openMove()) throw new CodedError('BASE_DOMAIN_BUSY')
      if (name === place.baseDomain()) throw new CodedError('BASE_DOMAIN_SAME', { name })
      mustBeFree(name)
      const { leadsHere, summary, findings, records } = await deps.lookAt(name)
      if (!leadsHere && !anyway)
        throw new CodedError('BASE_DOMAIN_ELSEWHERE', { name, reason: summary, findings, records })
      mustBeFree(name)
      const move = place.newMove({ from: place.baseDomain(), to: name, by: actor.name })
      begin(actor, { ...move, sendsOn: leadsHere }, 'base-domain.move')
      await run({ ...move, sendsOn: leadsHere })
      return show()
    },

    /** Back to where it was before the last move, within 30 days. Throws BASE_DOMAIN_NO_UNDO. */
    async undo(actor: Actor): Promise<BaseDomain> {
      mustBeAble(actor, 'node.change')
      const last = undoable()
      if (!last) throw new CodedError(openMove() ? 'BASE_DOMAIN_BUSY' : 'BASE_DOMAIN_NO_UNDO')
      const back = {
        ...place.newMove({ from: last.to, to: last.from, by: actor.name }),
        isUndo: true,
        // Of other names the DNS is not asked: it may be why somebody goes back.
        sendsOn: !isLocalhost(last.from) || (await deps.lookAt(last.from)).leadsHere,
      }
      begin(actor, back, 'base-domain.undo')
      await run(back)
      return show()
    },

    /** Names whose time is over are let go of, and new ones that lead here by now get their visitors. */
    async tend(): Promise<void> {
      if (openMove()) return
      const now = clock.now()
      const over = place
        .moves()
        .filter(({ endedAt, until }) => endedAt === null && until <= now.toISOString())
      const last = place.moves().find(({ state }) => state === 'done')
      const waits = last && !last.sendsOn && last.endedAt === null ? last : undefined
      const leadsHere =
        waits !== undefined && (await deps.lookAt(place.baseDomain())).leadsHere ? waits : undefined
      if ((over.length === 0 && !leadsHere) || openMove()) return
      transact(() => {
        for (const move of over) place.save({ ...move, endedAt: now.toISOString() })
        if (leadsHere && !over.includes(leadsHere)) place.save({ ...leadsHere, sendsOn: true })
        for (const app of deps.apps.listForPlatform()) deps.routing.writeHosts(app)
      })
      await deps.node.setBaseDomain(
        place.baseDomain(),
        place.former().map(({ name }) => name),
      )
      await deps.routing.publish()
      certificates.wantAgain()
      await deps.onDashboard()
    },

    /** After the start: goes on with a move, and has routes for names that root has changed. */
    async start(): Promise<void> {
      if (place.hasMoved())
        transact(() => {
          for (const app of deps.apps.listForPlatform()) deps.routing.writeHosts(app)
        })
      if (place.hasMoved() || openMove()) await finish()
    },

    stop: (): void => clearTimeout(again),
  }
}
export type BaseDomainService = ReturnType<typeof createBaseDomainService>
