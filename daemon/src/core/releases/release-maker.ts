import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { platformEnv } from '#core/env/platform-env.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BuildRecord, BuildStore } from '#store/build-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  builds: BuildStore
  releases: ReleaseStore
  secretBox: SecretBox
  clock: Clock
  newId: NewId
  /** The best address of an app. */
  publicUrlOf: (appName: string) => string
}

/** What an app listens on unless it says otherwise itself. */
export const DEFAULT_PORT = '3000'

const Env = z.record(z.string(), z.string())

/** Makes releases: image + frozen env + processes, numbered, never changed. */
export function createReleaseMaker(deps: Deps) {
  const { apps, builds, releases, secretBox, clock, newId, publicUrlOf } = deps

  return {
    /** Writes the row; called inside the caller's transaction. */
    record(build: BuildRecord, env: Record<string, string>, description: string): ReleaseRecord {
      const id = newId()
      const release = {
        id,
        teamId: build.teamId,
        appId: build.appId,
        number: apps.takeReleaseNumberForPlatform(build.appId),
        buildId: build.id,
        envSealed: secretBox.seal(JSON.stringify(env), contextOf(id)),
        envKeys: Object.keys(env).toSorted(),
        processes: build.processes,
        config: build.config,
        description,
        createdAt: clock.now().toISOString(),
      }
      releases.insertForPlatform(release)
      return release
    },

    /** The env that the user had set when it was made. Throws RELEASE_ENV_GONE where it was forgotten. */
    openEnv(release: ReleaseRecord): Record<string, string> {
      if (isEnvForgotten(release)) throw new CodedError('RELEASE_ENV_GONE')
      return Env.parse(JSON.parse(secretBox.open(release.envSealed, contextOf(release.id))))
    },

    buildOf(release: ReleaseRecord): BuildRecord {
      const build = builds.findForPlatform(release.buildId)
      if (!build) throw new Error(`release ${release.id} has no build`)
      return build
    },

    /** All that a process of the release gets: the image's env and ours, overridden by the user's. */
    envOf(release: ReleaseRecord): Record<string, string> {
      const build = this.buildOf(release)
      const appName = apps.findByIdForPlatform(release.appId)?.name ?? release.appId
      return {
        PORT: DEFAULT_PORT,
        ...build.imageEnv,
        ...platformEnv({
          appName,
          releaseNumber: release.number,
          commitSha: build.commit?.sha ?? null,
          publicUrl: publicUrlOf(appName),
        }),
        ...this.openEnv(release),
      }
    },
  }
}
/** Of a release so old that nothing goes back to it (old-images.ts). */
export const isEnvForgotten = ({ envSealed }: ReleaseRecord): boolean => envSealed.length === 0

export type ReleaseMaker = ReturnType<typeof createReleaseMaker>

const contextOf = (id: string): string => `releases|${id}|env_sealed`
