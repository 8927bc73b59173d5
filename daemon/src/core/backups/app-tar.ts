import { Readable } from 'node:stream'
import type { BuildContext } from '#ports/build-context.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  builds: Pick<BuildStore, 'findForPlatform' | 'findLatestForPlatform'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
  sourceArchive: Pick<SourceArchive, 'open' | 'has'>
  buildContext: Pick<BuildContext, 'withFiles'>
  /** Whatever else of it is set: env, jobs, domains, volumes. By name of the file. */
  describe: (app: AppRecord) => Record<string, unknown>
}

/** Below it lies what is not of the source. */
export const APP_FOLDER = '.vastrox-backup'
const EMPTY_TAR = Buffer.alloc(1_024)

/**
 * An app as one tar: its source as it was built, and beside it, as JSON, how it was built, its env and
 * its settings. Enough to make it anew anywhere; people can read it with tar alone.
 */
export function createAppTar(deps: Deps) {
  return async (app: AppRecord): Promise<Readable> => {
    const release =
      app.liveReleaseId === null ? undefined : deps.releases.findForPlatform(app.liveReleaseId)
    const build = release
      ? deps.builds.findForPlatform(release.buildId)
      : deps.builds.findLatestForPlatform(app.id)
    const sourceId = build?.sourceId ?? null
    const hasSource = sourceId !== null && (await deps.sourceArchive.has(sourceId))
    const tar = hasSource ? await deps.sourceArchive.open(sourceId) : Readable.from([EMPTY_TAR])
    const { id, name, stack, settings, scale, processLimits, wanted, createdAt } = app
    const parts: Record<string, unknown> = {
      app: { format: 1, id, name, stack, settings, scale, processLimits, wanted, createdAt },
      build: build && {
        stack: build.stack,
        dockerfile: build.dockerfile,
        plan: build.plan,
        config: build.config,
        commit: build.commit,
        image: build.image,
        releaseCommand: build.releaseCommand,
        hasSource,
      },
      release: release && {
        number: release.number,
        processes: release.processes,
        description: release.description,
        createdAt: release.createdAt,
      },
      ...deps.describe(app),
    }
    const files = Object.fromEntries(
      Object.entries(parts).flatMap(([part, content]) =>
        content === undefined
          ? []
          : [[`${APP_FOLDER}/${part}.json`, `${JSON.stringify(content, null, 2)}\n`]],
      ),
    )
    return deps.buildContext.withFiles(tar, files, { ignore: [], root: null })
  }
}
export type AppTar = ReturnType<typeof createAppTar>
