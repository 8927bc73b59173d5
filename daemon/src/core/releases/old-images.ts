import { UNDER_WAY } from '#core/deployments/deployment.ts'
import { isEnvForgotten } from '#core/releases/release-maker.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  sourceArchive: SourceArchive
  apps: AppStore
  builds: BuildStore
  deployments: DeploymentStore
  instances: InstanceStore
  releases: ReleaseStore
}

/** An image of a build that nothing needs any more. */
export interface RemovableImage {
  imageId: string
  appId: string
  /** For people: "release v3". */
  what: string
  why: string
  /** Of the newest build that gave it. */
  createdAt: string
}

/** A roll back can go this far. */
export const KEPT_RELEASES = 10

/**
 * Says which images no kept release needs (B10), and removes source tars and frozen envs of which the
 * same holds: by an explicit list made from the rows, never by a pattern, and never what is live,
 * running or being deployed. Apps in the trash keep all that they have.
 */
export function createOldImages(deps: Deps) {
  const { sourceArchive, apps, builds, deployments, instances, releases } = deps
  /** Tars nobody named when we looked last: a push that is under way names its tar a moment later. */
  let unnamed = new Set<string>()

  /** Those that a roll back may go to, and those that run. */
  function keptOf(appId: string, liveReleaseId: string | null): ReleaseRecord[] {
    const inUse = new Set(instances.listForAppForPlatform(appId).map((row) => row.releaseId))
    return releases
      .listForAppForPlatform(appId)
      .filter(({ id }, at) => at < KEPT_RELEASES || id === liveReleaseId || inUse.has(id))
  }

  function removableOf({ id: appId, liveReleaseId }: AppRecord): RemovableImage[] {
    const kept = keptOf(appId, liveReleaseId)
    const keptBuilds = new Set(kept.map(({ buildId }) => buildId))
    const images = builds.listForAppForPlatform(appId)
    const keptImages = new Set(
      images.filter(({ id }) => keptBuilds.has(id)).map(({ imageId }) => imageId),
    )
    const numbers = new Map(
      releases.listForAppForPlatform(appId).map(({ buildId, number }) => [buildId, number]),
    )
    const seen = new Set<string>()
    return images.flatMap(({ id, imageId, createdAt, imageRemovedAt }) => {
      if (imageRemovedAt !== null || keptImages.has(imageId) || seen.has(imageId)) return []
      seen.add(imageId)
      const number = numbers.get(id)
      return {
        imageId,
        appId,
        createdAt,
        what: number === undefined ? 'a build' : `release v${number}`,
        why:
          number === undefined
            ? 'no release was made of it'
            : `${KEPT_RELEASES} newer releases can be rolled back to`,
      }
    })
  }

  const busyApps = (): Set<string> =>
    new Set(deployments.listInStatesForPlatform(['queued', ...UNDER_WAY]).map(({ appId }) => appId))

  /** A deployment under way may go back to any release. */
  function appsAtRest(): AppRecord[] {
    const busy = busyApps()
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

    /** Of all apps in which nothing is under way. */
    removable: (): RemovableImage[] => appsAtRest().flatMap(removableOf),

    /** Whether a build or a deployment of the app may be about to name an image. */
    isBusy: (appId: string): boolean => busyApps().has(appId),

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
