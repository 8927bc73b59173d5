import { UNDER_WAY } from '#core/deployments/deployment.ts'
import { isEnvForgotten } from '#core/releases/release-maker.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  sourceArchive: SourceArchive
  apps: AppStore
  builds: BuildStore
  deployments: DeploymentStore
  instances: InstanceStore
  releases: ReleaseStore
  clock: Clock
}

/** A roll back can go this far. */
export const KEPT_RELEASES = 10

/**
 * Removes images, source tars and frozen envs that no kept release needs (B10): by an explicit list made from
 * the rows, never by a pattern, and never what is live, running or being deployed.
 */
export function createOldImages(deps: Deps) {
  const { agent, sourceArchive, apps, builds, deployments, instances, releases, clock } = deps
  /** Tars nobody named when we looked last: a push that is under way names its tar a moment later. */
  let unnamed = new Set<string>()

  /** Those that a roll back may go to, and those that run. */
  function keptOf(appId: string, liveReleaseId: string | null): ReleaseRecord[] {
    const inUse = new Set(instances.listForAppForPlatform(appId).map((row) => row.releaseId))
    return releases
      .listForAppForPlatform(appId)
      .filter(({ id }, at) => at < KEPT_RELEASES || id === liveReleaseId || inUse.has(id))
  }

  function removableOf(appId: string, liveReleaseId: string | null): string[] {
    const kept = keptOf(appId, liveReleaseId)
    const keptBuilds = new Set(kept.map(({ buildId }) => buildId))
    const images = builds.listForAppForPlatform(appId)
    const keptImages = new Set(
      images.filter(({ id }) => keptBuilds.has(id)).map(({ imageId }) => imageId),
    )
    return images
      .filter(({ imageId, imageRemovedAt }) => imageRemovedAt === null && !keptImages.has(imageId))
      .map(({ imageId }) => imageId)
  }

  /** A deployment under way may go back to any release. */
  function appsAtRest(): AppRecord[] {
    const busy = new Set(
      deployments.listInStatesForPlatform(['queued', ...UNDER_WAY]).map(({ appId }) => appId),
    )
    return apps.listForPlatform().filter(({ id }) => !busy.has(id))
  }

  return {
    /** How many were forgotten. */
    forgetEnvs(): number {
      let forgotten = 0
      for (const { id: appId, liveReleaseId } of appsAtRest()) {
        const kept = new Set(keptOf(appId, liveReleaseId).map(({ id }) => id))
        for (const release of releases.listForAppForPlatform(appId)) {
          if (kept.has(release.id) || isEnvForgotten(release)) continue
          releases.forgetEnvForPlatform(release.id)
          forgotten += 1
        }
      }
      return forgotten
    },

    async removeImages(): Promise<string[]> {
      const imageIds = appsAtRest().flatMap(({ id, liveReleaseId }) =>
        removableOf(id, liveReleaseId),
      )
      if (imageIds.length === 0) return []
      const removed = await agent.removeImages([...new Set(imageIds)])
      const at = clock.now().toISOString()
      for (const imageId of removed) builds.markImageRemovedForPlatform(imageId, at)
      return removed
    },

    /** To be called an hour apart: a tar goes when no row has named it twice in a row. */
    async removeSources(): Promise<string[]> {
      const wanted = new Set(deployments.listWantedSourcesForPlatform())
      const loose = (await sourceArchive.list()).filter((id) => !wanted.has(id))
      const gone = loose.filter((id) => unnamed.has(id))
      for (const id of gone) await sourceArchive.remove(id)
      unnamed = new Set(loose.filter((id) => !gone.includes(id)))
      return gone
    },
  }
}
export type OldImages = ReturnType<typeof createOldImages>
