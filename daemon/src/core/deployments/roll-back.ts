import type { Actor } from '@vastrox/shared/actor.ts'
import type { RollBack } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { isEnvForgotten } from '#core/releases/release-maker.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  releases: ReleaseStore
  builds: BuildStore
}

/**
 * What a roll back asks for: the kept image of an older release in a new release, so that numbers
 * only rise and the list of releases tells what ran when. The branch stays where it is, and so do
 * the app's env variables: the next push takes them.
 */
export function rollBackTo(
  { releases, builds }: Deps,
  actor: Actor,
  app: AppRecord,
  releaseNumber: number,
  { with: what }: RollBack,
): { releaseId: string; baseEnv: boolean; description: string } {
  const release = releases.findByNumber(actor, app.id, releaseNumber)
  if (!release) throw new CodedError('RELEASE_NOT_FOUND', { release: releaseNumber })
  const build = builds.findForPlatform(release.buildId)
  if (!build || build.imageRemovedAt !== null)
    throw new CodedError('RELEASE_IMAGE_GONE', { release: releaseNumber })
  if (what === 'code-and-env' && isEnvForgotten(release))
    throw new CodedError('RELEASE_ENV_GONE', { release: releaseNumber })
  return {
    releaseId: release.id,
    baseEnv: what === 'code-and-env',
    description:
      what === 'code-and-env'
        ? `roll back to v${releaseNumber}`
        : `roll back to the code of v${releaseNumber}`,
  }
}
