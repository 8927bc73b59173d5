import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { CleanUpPlan, CleanUpResult } from '@vastrox/shared/clean-up.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { LEAST_AGE_MS, ownBytes, planCleanUp } from '#core/nodes/clean-up-plan.ts'
import type { LedgerService } from '#core/nodes/ledger-service.ts'
import { KEPT_RELEASES, type OldImages } from '#core/releases/old-images.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'removeImages'>
  disk: Pick<NodeDiskUse, 'removeBuildCache'>
  ledger: Pick<LedgerService, 'measureWithin'>
  oldImages: Pick<OldImages, 'removable' | 'busyApps'>
  apps: Pick<AppStore, 'listNames' | 'listNamesForPlatform'>
  builds: Pick<BuildStore, 'listUnnamedImagesForPlatform' | 'markImageRemovedForPlatform'>
  audit: Pick<AuditLog, 'append'>
  system: () => Actor
  clock: Clock
}

const SECONDS = 1_000
/** A plan that somebody looks at may be so old. */
const SHOWN_WITHIN_MS = 60 * SECONDS
/** Of clean-ups for a disk that is nearly full: more often than that they find nothing. */
const REST_MS = 10 * 60 * SECONDS

/**
 * Clean-up by our own ledger (rule B10): images and build cache that are ours, a day old at least, and
 * that no live release and none that can be rolled back to needs. By explicit ids, never by a sweep;
 * volumes, databases, backups and certificates are in no plan.
 */
export function createCleanUp(deps: Deps) {
  const { clock, ledger, oldImages, builds } = deps
  let isRunning = false
  let madeRoomAt = Number.NEGATIVE_INFINITY

  async function planWithin(ms: number, listNames: () => readonly { id: string; name: string }[]) {
    const measure = await ledger.measureWithin(ms)
    const names = new Map(listNames().map(({ id, name }) => [id, name]))
    const busy = oldImages.busyApps()
    const plan = planCleanUp({
      measure,
      removable: oldImages.removable(),
      unnamedOf: builds.listUnnamedImagesForPlatform,
      isBusy: (appId) => busy.has(appId),
      appNameOf: (appId) => names.get(appId) ?? null,
      kept: [
        `the images of the newest ${KEPT_RELEASES} releases of every app, of what is live and of what runs`,
        'everything that was made or used within the last 24 hours',
        'volumes, databases, backups, sources, uploads and certificates: they go by an act of their own alone',
        'images and build cache that Vastrox did not make',
      ],
      now: clock.now(),
    })
    return { plan, measure }
  }

  async function carryOut(plan: CleanUpPlan, measure: Parameters<typeof ownBytes>[0]) {
    const ids = (kind: 'image' | 'build-cache'): string[] =>
      plan.removals.filter((item) => item.kind === kind).map(({ id }) => id)
    // Releases may have come to be needed while the disk was measured.
    const isStillFree = new Set(oldImages.removable().map(({ imageId }) => imageId))
    const unnamed = builds.listUnnamedImagesForPlatform(ids('image'))
    const images = ids('image').filter((id) => isStillFree.has(id) || unnamed.has(id))
    const gone = await removeImages(images)
    const cache = await deps.disk.removeBuildCache(ids('build-cache'))
    return {
      removed: gone.length + cache.removed.length,
      left: Math.max(0, plan.removals.length - gone.length - cache.removed.length),
      freedBytes: ownBytes(measure, gone) + cache.freedBytes,
    }
  }

  async function removeImages(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const removed = await deps.agent.removeImages(ids)
    const at = clock.now().toISOString()
    for (const imageId of removed) builds.markImageRemovedForPlatform(imageId, at)
    return removed
  }

  async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isRunning) throw new CodedError('CLEAN_UP_RUNNING')
    isRunning = true
    try {
      return await work()
    } finally {
      isRunning = false
    }
  }

  const anyName = () => deps.apps.listNamesForPlatform()

  return {
    /** What would go. Changes nothing. Apps that the actor does not see are not named. */
    async plan(actor: Actor): Promise<CleanUpPlan> {
      mustBeAble(actor, 'node.read')
      return (await planWithin(SHOWN_WITHIN_MS, () => deps.apps.listNames(actor))).plan
    },

    /**
     * Does what the plan of that id says. Throws CLEAN_UP_PLAN_CHANGED where it says something else by
     * now, CLEAN_UP_RUNNING where another one is under way.
     */
    run: (actor: Actor, planId: string): Promise<CleanUpResult> =>
      alone(async () => {
        mustBeAble(actor, 'node.change')
        const { plan, measure } = await planWithin(SHOWN_WITHIN_MS, anyName)
        if (plan.id !== planId) throw new CodedError('CLEAN_UP_PLAN_CHANGED')
        const details = { items: plan.removals.length, bytes: plan.freedBytes, plan: plan.id }
        deps.audit.append({ actor, action: 'disk.clean', target: 'node', details })
        return carryOut(plan, measure)
      }),

    /** Every hour: images alone that no row needs; no look at the disk. Gives what is gone. */
    async removeOldImages(): Promise<string[]> {
      const now = clock.now().getTime()
      const old = oldImages
        .removable()
        .filter(({ createdAt }) => now - Date.parse(createdAt) >= LEAST_AGE_MS)
      return removeImages([...new Set(old.map(({ imageId }) => imageId))])
    },

    /** For a disk that is nearly full: the whole plan, by itself. Never rejects for want of a plan. */
    async makeRoom(): Promise<boolean> {
      const now = clock.now().getTime()
      if (isRunning || (now >= madeRoomAt && now - madeRoomAt < REST_MS)) return false
      madeRoomAt = now
      return alone(async () => {
        const { plan, measure } = await planWithin(0, anyName)
        if (plan.removals.length === 0) return false
        const details = {
          items: plan.removals.length,
          bytes: plan.freedBytes,
          why: 'the disk is low',
        }
        deps.audit.append({ actor: deps.system(), action: 'disk.clean', target: 'node', details })
        const { removed } = await carryOut(plan, measure)
        return removed > 0
      })
    },
  }
}
export type CleanUp = ReturnType<typeof createCleanUp>
