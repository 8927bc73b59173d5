import { CodedError } from '@vastrox/shared/errors.ts'
import type { ObservedAddon } from '@vastrox/shared/agent-api-addons.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AddonTrash } from '#core/addons/addon-trash.ts'
import type { AddonUsers } from '#core/addons/addon-users.ts'
import type { ThrowAways } from '#core/addons/throw-aways.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

interface Deps {
  addons: AddonStore
  attachments: Pick<AddonAttachmentStore, 'isAnyLeavingForPlatform'>
  kinds: AddonKinds
  servers: AddonServers
  users: AddonUsers
  trash: Pick<AddonTrash, 'finishPurges'>
  throwAways: Pick<ThrowAways, 'removeLeftovers'>
  node: Pick<NodeAddons, 'list'>
  clock: Clock
  /** Tells when the engine or the agent has been away. */
  onEngineBack: (listener: () => void) => () => void
  /** Once a minute where there are add-ons. */
  everyMinute: () => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

const ROUND_MS = 60_000
/** While users wait to be dropped. */
const LEAVING_MS = 10_000
/** Rule K8. */
const FIRST_WAIT_MS = 60_000
const MAX_WAIT_MS = 3_600_000

/**
 * Keeps servers as their rows say (rules K1 to K8): a look at all of them once a minute, at the start,
 * and when the engine was away; nothing at all where there is no add-on. What runs is never touched,
 * what nobody knows is told and left alone (K7).
 */
export function createAddonKeeper(deps: Deps) {
  const { addons, servers, users, clock } = deps
  const tries = new Map<string, { waitMs: number; nextMs: number }>()
  const told = new Set<string>()
  let stopping = new AbortController()
  let running: Promise<void> | undefined
  let wake: () => void = () => {}
  let leaveEngine: () => void = () => {}
  const underWay = new Set<Promise<unknown>>()

  function mayTry(id: string): boolean {
    return (tries.get(id)?.nextMs ?? 0) <= clock.elapsedMs()
  }

  function noteTry(id: string, isUp: boolean): void {
    if (isUp) {
      tries.delete(id)
      return
    }
    const waitMs = Math.min(MAX_WAIT_MS, (tries.get(id)?.waitMs ?? FIRST_WAIT_MS / 2) * 2)
    tries.set(id, { waitMs, nextMs: clock.elapsedMs() + waitMs })
  }

  const isUpNow = async (addon: AddonRecord): Promise<boolean> =>
    (await deps.node.list()).some((seen) => seen.addonId === addon.serverId && isUp(seen, addon))

  /**
   * What the row says, made so; each round asks for it again. `force`: the row may be wrong about a
   * server that ran.
   */
  async function bring(id: string, force: boolean): Promise<void> {
    const { signal } = stopping
    await servers.inTurn(id, async () => {
      if (signal.aborted) return
      const addon = addons.findForPlatform(id)
      if (!addon || addon.purgingAt !== null || addon.state === 'restoring') return
      const isWanted = addon.wanted && addon.destroyedAt === null
      if (isWanted && (addon.state !== 'running' || (force && !(await isUpNow(addon)))))
        noteTry(id, await servers.bringUp(id, signal))
      await users.settle(id)
    })
  }

  function inBackground(id: string, force: boolean): Promise<void> {
    const work = bring(id, force).catch((error: unknown) => {
      if (!stopping.signal.aborted) deps.onProblem('an add-on could not be looked after', error)
    })
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    return work
  }

  const isUp = (seen: ObservedAddon | undefined, { generation }: AddonRecord): boolean =>
    seen !== undefined && seen.generation === generation && seen.status === 'running'

  async function look(addon: AddonRecord, seen: readonly ObservedAddon[]): Promise<void> {
    const own = seen.filter(({ addonId }) => addonId === addon.serverId)
    const current = own.find(({ generation }) => generation === addon.generation)
    if (!addon.wanted || addon.destroyedAt !== null) {
      if (own.length > 0 && addon.state !== 'restoring')
        await servers.inTurn(addon.id, () => servers.takeDown(addon.id))
      return
    }
    if (addon.state === 'restoring') return
    if (addon.state === 'running' && isUp(current, addon)) {
      await servers.inTurn(addon.id, () => users.settle(addon.id))
      return
    }
    if (addon.state === 'running' && current?.status === 'restarting') {
      // The engine tries it by itself; the row says how it is.
      servers.say(addon.id, 'failed', endingOf(current))
      return
    }
    if (addon.state === 'failed' && !isUp(current, addon) && !mayTry(addon.id)) return
    await inBackground(addon.id, true)
  }

  async function round(): Promise<void> {
    const rows = addons.listForPlatform().filter(({ isThrowAway }) => !isThrowAway)
    if (rows.length === 0) return
    const seen = await deps.node.list()
    tellUnknown(seen)
    await Promise.all(
      rows.map((addon) =>
        look(addon, seen).catch((error: unknown) =>
          deps.onProblem(`the add-on ${addon.name} could not be looked after`, error),
        ),
      ),
    )
  }

  function tellUnknown(seen: readonly ObservedAddon[]): void {
    for (const { addonId } of seen) {
      if (told.has(addonId) || addons.findByServerForPlatform(addonId)) continue
      told.add(addonId)
      deps.onProblem(
        'a container of an add-on is running that no row knows; it is left alone',
        new CodedError('ADDON_NOT_FOUND', { id: addonId }),
      )
    }
  }

  async function run(): Promise<void> {
    const { signal } = stopping
    while (!signal.aborted) {
      let pauseMs = ROUND_MS
      try {
        await round()
        await deps.everyMinute()
        if (deps.attachments.isAnyLeavingForPlatform()) pauseMs = LEAVING_MS
      } catch (error) {
        const code = error instanceof CodedError ? error.code : ''
        if (code !== 'AGENT_UNREACHABLE' && code !== 'ENGINE_UNREACHABLE' && !signal.aborted)
          deps.onProblem('add-ons could not be looked after', error)
      }
      const pause = new AbortController()
      wake = () => pause.abort()
      await clock.sleep(pauseMs, AbortSignal.any([signal, pause.signal])).catch(() => {
        // Woken, or stopping.
      })
    }
  }

  return {
    /** First what a crash has left. A second time it changes nothing. */
    start(): void {
      if (running) return
      stopping = new AbortController()
      leaveEngine = deps.onEngineBack(() => wake())
      running = (async () => {
        await deps.servers.keepLinks().catch(() => {
          // The agent is away: it has what it was told last, and each start tells it again.
        })
        await deps.throwAways
          .removeLeftovers()
          .catch((error: unknown) => deps.onProblem('removing servers of drills', error))
        await deps.trash
          .finishPurges()
          .catch((error: unknown) => deps.onProblem('finishing to purge add-ons', error))
        await run()
      })()
    },

    async stop(): Promise<void> {
      stopping.abort()
      leaveEngine()
      await running
      await Promise.allSettled(underWay)
      running = undefined
    },

    /** At once, in the background: somebody has asked for something. */
    wakeUp(id: string): void {
      tries.delete(id)
      void inBackground(id, false)
    },

    /** Its users alone. */
    settleSoon(id: string): void {
      void inBackground(id, false)
      wake()
    },

    round,
  }
}
export type AddonKeeper = ReturnType<typeof createAddonKeeper>

const endingOf = ({ exitCode, oomKilled, restarts }: ObservedAddon): string =>
  oomKilled
    ? 'It has run out of memory, and is started again: give it more.'
    : `It has ended ${restarts} times, last with ${exitCode ?? 'no exit code'}; the engine starts it again.`
