import { FORMER_NAMES_DAYS, type FormerDomain } from '@vastrox/shared/base-domain.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { BaseDomainStore, MoveRecord } from '#store/base-domain-store.ts'
import type { Transact } from '#store/database.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  moves: BaseDomainStore
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  installation: Pick<InstallationConfig, 'baseDomain' | 'publicAddress' | 'dashboardPort'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const DAY_MS = 86_400_000
const MAX_FORMER = 8
const STAND_IN = '.sslip.io'

/** Where the platform is to be found: asked each time, for a move takes effect without a restart. */
export function createPlatformPlace(deps: Deps) {
  const { moves, meta, installation, clock } = deps
  let known = moves.listForPlatform()
  let isElsewhere = false
  let base = settle()

  /** A move that was under way goes on; one that root has made in config.json is written down. */
  function settle(): string {
    const open = known.find(({ state }) => state === 'moving')
    const before = meta.readNoteForPlatform('base_domain')
    const now = open?.to ?? installation.baseDomain
    // A stand-in follows the machine's address: nothing leads here by the one from before.
    const isStandIn = before?.endsWith(STAND_IN) && now.endsWith(STAND_IN)
    if (open || before === now) return now
    isElsewhere = before !== undefined
    deps.transact(() => {
      if (before !== undefined && !isStandIn)
        moves.saveForPlatform({
          ...newMove({ from: before, to: now, by: 'root on this server' }),
          state: 'done',
          // Nobody has looked whether the new names lead here.
          sendsOn: false,
        })
      meta.writeNoteForPlatform('base_domain', now)
    })
    known = moves.listForPlatform()
    return now
  }

  function newMove({ from, to, by }: { from: string; to: string; by: string }): MoveRecord {
    const startedAt = clock.now()
    return {
      id: deps.newId(),
      from,
      to,
      fromHost: hostFor(from),
      state: 'moving',
      isUndo: false,
      sendsOn: true,
      by,
      startedAt: startedAt.toISOString(),
      until: new Date(startedAt.getTime() + FORMER_NAMES_DAYS * DAY_MS).toISOString(),
      endedAt: null,
    }
  }

  /** A stand-in's certificates depend on a quota that is often used up: the bare address is better. */
  function hostFor(name: string): string {
    return name.endsWith(STAND_IN) ? installation.publicAddress : name
  }

  function former(): FormerDomain[] {
    const now = clock.now().toISOString()
    const found = new Map<string, FormerDomain>()
    for (const { state, endedAt, ...move } of known) {
      if (state === 'moving' || state === 'failed' || endedAt !== null || move.until <= now)
        continue
      if (move.from === base || found.has(move.from) || found.size >= MAX_FORMER) continue
      found.set(move.from, {
        name: move.from,
        dashboardHost: move.fromHost,
        until: move.until,
        sendsOn: move.sendsOn,
      })
    }
    return [...found.values()]
  }

  const dashboardHost = (): string => hostFor(base)

  return {
    baseDomain: (): string => base,
    dashboardHost,
    /** Root has changed it since the last daemon: the routes are still those of before. */
    isMoving: (): boolean => known.some(({ state }) => state === 'moving'),
    /** There are names from before whose time comes, or new ones that are waited for. */
    needsCare: (): boolean =>
      known.some(({ state, endedAt }) => endedAt === null && state !== 'moving'),
    hasMoved: (): boolean => isElsewhere,
    /** Origin of dashboard, API and git. */
    dashboardUrl: (): string => {
      const host = dashboardHost()
      return `https://${host.includes(':') ? `[${host}]` : host}:${installation.dashboardPort}`
    },
    /** Names from before that still answer, the newest first. */
    former,
    /** Every name that nobody else may have. */
    own: (): string[] => [
      ...new Set([
        base,
        dashboardHost(),
        ...known.filter(({ state }) => state === 'moving').map(({ to }) => to),
        ...former().flatMap(({ name, dashboardHost: host }) => [name, host]),
      ]),
    ],
    newMove,
    moves: (): readonly MoveRecord[] => known,
    /** Writes the move down; what it says is in force once `take` was called. */
    save(move: MoveRecord): void {
      moves.saveForPlatform(move)
      known = moves.listForPlatform()
    },
    /** From now on the platform is there. */
    take(name: string): void {
      base = name
    },
  }
}
export type PlatformPlace = ReturnType<typeof createPlatformPlace>
