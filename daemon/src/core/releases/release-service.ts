import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Release } from '@vastrox/shared/release.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  builds: BuildStore
  releases: ReleaseStore
}

export function createReleaseService({ apps, builds, releases }: Deps) {
  return {
    /** Newest first. Values of env are never part of it. */
    list(actor: Actor, appName: string): Release[] {
      const app = apps.findByName(actor, appName)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name: appName })
      const buildOf = new Map(builds.listForApp(actor, app.id).map((build) => [build.id, build]))
      return releases.list(actor, app.id).flatMap((release) => {
        const build = buildOf.get(release.buildId)
        if (!build) return []
        return {
          number: release.number,
          live: release.id === app.liveReleaseId,
          canRollBack: build.imageRemovedAt === null,
          stack: build.stack,
          imageId: build.imageId,
          imageSizeBytes: build.imageSizeBytes,
          commit: build.commit,
          image: build.image,
          description: release.description,
          envKeys: release.envKeys,
          processes: release.processes,
          createdAt: release.createdAt,
        }
      })
    },
  }
}
export type ReleaseService = ReturnType<typeof createReleaseService>
