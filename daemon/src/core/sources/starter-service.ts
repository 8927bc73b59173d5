import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { CreateApp } from '@vastrox/shared/app.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Starter } from '@vastrox/shared/starter.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { PIN_PREFIX } from '#core/deployments/receive-push.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { StarterFile, Starters } from '#ports/starters.ts'
import type { AppRecord } from '#store/app-store.ts'

interface Deps {
  starters: Starters
  apps: { create(actor: Actor, app: CreateApp): AppRecord }
  sourceControl: SourceControl
  sourceArchive: SourceArchive
  deployments: Pick<DeploymentService, 'requestPush' | 'untilSwitched'>
  clock: Clock
  newId: NewId
  onProblem: (what: string, error: unknown) => void
}

const BRANCH = 'main'

/** Apps that begin with one of the small apps that come along. */
export function createStarterService(deps: Deps) {
  const { starters, sourceControl, sourceArchive, deployments, newId } = deps

  /** From here on it is what a push of the same files would be: its commit is in the app's repository. */
  async function deploy(
    actor: Actor,
    app: AppRecord,
    starter: string,
    files: readonly StarterFile[],
  ): Promise<void> {
    await sourceControl.ensureRepository(app.id)
    const sourceId = newId()
    const pin = `${PIN_PREFIX}${sourceId}`
    const subject = `Begin with the starter ${starter}`
    const sha = await sourceControl.commitFiles(app.id, pin, {
      files,
      subject,
      at: deps.clock.now(),
    })
    try {
      const commit = await sourceControl.readCommit(app.id, sha, BRANCH)
      await sourceArchive.put(sourceId, await sourceControl.archive(app.id, sha))
      const { id } = deployments.requestPush({
        actor,
        app,
        commit,
        ref: `refs/heads/${BRANCH}`,
        oldSha: undefined,
        sourceId,
        noCache: false,
      })
      void deployments
        .untilSwitched(id)
        .catch(() => undefined)
        .then(() => unpin(app.id, pin, sha))
    } catch (error) {
      await sourceArchive.remove(sourceId)
      await unpin(app.id, pin, sha)
      throw error
    }
  }

  /** One that stays is removed by the next start. */
  async function unpin(appId: string, pin: string, sha: string): Promise<void> {
    await sourceControl
      .moveRef(appId, pin, undefined, sha)
      .catch((error: unknown) => deps.onProblem('a pin could not be removed', error))
  }

  return {
    list: (): Promise<Starter[]> => starters.list(),

    /** Makes the app and deploys the starter. Throws STARTER_NOT_FOUND before anything is made. */
    async create(actor: Actor, { name }: CreateApp, starter: string): Promise<AppRecord> {
      mustBeAble(actor, 'app.deploy')
      const files = await starters.files(starter)
      if (!files) throw new CodedError('STARTER_NOT_FOUND', { starter: starter.slice(0, 60) })
      const app = deps.apps.create(actor, { name })
      await deploy(actor, app, starter, files)
      return app
    },
  }
}
export type StarterService = ReturnType<typeof createStarterService>
