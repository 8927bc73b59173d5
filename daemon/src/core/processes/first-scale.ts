import { type AppConfig, NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { MemoryLimit } from '#core/nodes/memory-limit.ts'
import { memoryOf } from '#core/processes/limits.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  releases: Pick<ReleaseStore, 'findForPlatform'>
  memoryLimit: Pick<MemoryLimit, 'mustFit'>
}

type Processes = Record<string, string | null>

/**
 * The scale that a source asks for: it counts once for each process, then the user's does. What somebody has said
 * before any release was live counts from the beginning.
 */
export function createFirstScale({ apps, releases, memoryLimit }: Deps) {
  const liveOf = (app: AppRecord): ReleaseRecord | undefined =>
    app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)

  /** Of processes that no release has had yet: what the source of one that failed has said, the next may say anew. */
  function askedBy(app: AppRecord, processes: Processes, config: AppConfig): AppRecord['scale'] {
    const live = liveOf(app)
    const ofSource = live ? [] : apps.scaleOfSourceForPlatform(app.id)
    const isNew = (name: string): boolean =>
      ofSource.includes(name) ||
      (!Object.hasOwn(live?.processes ?? {}, name) && !Object.hasOwn(app.scale, name))
    return Object.fromEntries(
      Object.entries(config.processes).flatMap(([name, { scale }]) =>
        scale !== null && Object.hasOwn(processes, name) && isNew(name) ? [[name, scale]] : [],
      ),
    )
  }

  return {
    /** Throws NODE_MEMORY_EXCEEDED: a source can ask for no more than the node has, in instances or memory, whoever pushes it. */
    mustFit(app: AppRecord, processes: Processes, config: AppConfig): void {
      const scale = { ...app.scale, ...askedBy(app, processes, config) }
      const nobody = { ...systemActor(app.teamId), permissions: new Set<never>() }
      const live = liveOf(app)
      const unasked = { processes, config: NO_APP_CONFIG }
      memoryLimit.mustFit(nobody, {
        beforeBytes: Math.max(
          memoryOf(app, app.scale, unasked),
          live ? memoryOf(app, app.scale, live) : 0,
        ),
        afterBytes: memoryOf(app, scale, { processes, config }),
      })
    },

    /** Within the caller's transaction. */
    save(app: AppRecord, processes: Processes, config: AppConfig): void {
      const asked = askedBy(app, processes, config)
      if (Object.keys(asked).length === 0) return
      const ofSource = new Set([...apps.scaleOfSourceForPlatform(app.id), ...Object.keys(asked)])
      apps.saveScaleForPlatform(app.id, { ...app.scale, ...asked }, [...ofSource])
    },
  }
}
export type FirstScale = ReturnType<typeof createFirstScale>
