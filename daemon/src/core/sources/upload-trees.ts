import { CodedError } from '@vastrox/shared/errors.ts'
import type { TreeDifference } from '@vastrox/shared/upload.ts'
import { Readable } from 'node:stream'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { StagingTree, StagingTrees } from '#ports/staging-trees.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  trees: StagingTrees
  sourceArchive: Pick<SourceArchive, 'open' | 'has'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
  builds: Pick<BuildStore, 'findForPlatform'>
  /** Told of each change in an app's tree, by whatever way it came. */
  onChange: (appId: string, path: string, by: string | undefined) => void
}

interface Live {
  release: number | null
  /** null where there is no release, or it is made of an image. */
  sourceId: string | null
}

/** Staging trees as they are meant: what is live, and what has been changed in it. */
export function createUploadTrees(deps: Deps) {
  const { trees, sourceArchive } = deps
  const listened = new Set<string>()

  function liveOf({ id }: AppRecord): Live {
    const releaseId = deps.apps.findByIdForPlatform(id)?.liveReleaseId ?? null
    const release = releaseId === null ? undefined : deps.releases.findForPlatform(releaseId)
    const build = release && deps.builds.findForPlatform(release.buildId)
    return { release: release?.number ?? null, sourceId: build?.sourceId ?? null }
  }

  async function openFitted(app: AppRecord): Promise<{ tree: StagingTree; live: Live }> {
    const tree = await trees.open(app.id)
    if (!listened.has(app.id)) {
      listened.add(app.id)
      tree.onChange((path, by) => deps.onChange(app.id, path, by))
    }
    const live = liveOf(app)
    const { sourceId } = live
    // A source of which the tar is gone, with its release: nothing to begin with.
    const isThere =
      sourceId !== null && (tree.base() === sourceId || (await sourceArchive.has(sourceId)))
    await tree.fitTo(isThere ? sourceId : null, () => sourceOf(sourceId))
    return { tree, live }
  }

  const sourceOf = async (sourceId: string | null): Promise<Readable> =>
    sourceId === null ? Readable.from([]) : sourceArchive.open(sourceId)

  return {
    /** The tree, fitted to the release that is live now. */
    open: async (app: AppRecord): Promise<StagingTree> => (await openFitted(app)).tree,

    /** After a switch: where there is a tree, it begins with what is live now. False where there is none. */
    async refit(app: AppRecord): Promise<boolean> {
      const isThere = (await trees.list()).includes(app.id)
      if (isThere) await openFitted(app)
      return isThere
    },

    async difference(app: AppRecord): Promise<TreeDifference> {
      const { tree, live } = await openFitted(app)
      return { release: live.release, ...(await tree.difference()) }
    },

    /** What is live, and nothing else. */
    async discard(app: AppRecord): Promise<void> {
      const { tree, live } = await openFitted(app)
      if (live.sourceId !== null && tree.base() !== live.sourceId)
        throw new CodedError('RELEASE_SOURCE_GONE')
      await tree.discard(() => sourceOf(live.sourceId))
    },

    async remove(appId: string): Promise<void> {
      listened.delete(appId)
      await trees.remove(appId)
    },

    /** Trees of apps that there are no more. */
    async removeOthers(isKnown: (appId: string) => boolean): Promise<void> {
      for (const appId of await trees.list()) if (!isKnown(appId)) await trees.remove(appId)
    },
  }
}
export type UploadTrees = ReturnType<typeof createUploadTrees>
