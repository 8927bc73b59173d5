import { UNDER_WAY } from '#core/deployments/deployment.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { OldImage, OldImageStore } from '#store/old-image-store.ts'

interface Deps {
  sourceArchive: SourceArchive
  deployments: Pick<DeploymentStore, 'listInStatesForPlatform' | 'listWantedSourcesForPlatform'>
  images: OldImageStore
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
  const { sourceArchive, deployments, images } = deps
  /** Tars nobody named when we looked last: a push that is under way names its tar a moment later. */
  let unnamed = new Set<string>()

  /** Apps of which a build or a deployment may be about to name an image. */
  const busyApps = (): Set<string> =>
    new Set(deployments.listInStatesForPlatform(['queued', ...UNDER_WAY]).map(({ appId }) => appId))

  return {
    /** How many were forgotten. */
    forgetEnvs: (): number => images.forgetEnvsForPlatform(busyApps(), KEPT_RELEASES),

    /** Of all apps in which nothing is under way: a deployment may go back to any release. */
    removable: (): RemovableImage[] =>
      images.listRemovableForPlatform(busyApps(), KEPT_RELEASES).map(described),

    busyApps,

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

const described = ({ release, ...image }: OldImage): RemovableImage => ({
  ...image,
  what: release === null ? 'a build' : `release v${release}`,
  why:
    release === null
      ? 'no release was made of it'
      : `${KEPT_RELEASES} newer releases can be rolled back to`,
})
