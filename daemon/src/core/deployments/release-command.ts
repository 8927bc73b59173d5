import { CodedError } from '@vastrox/shared/errors.ts'
import type { RunState } from '@vastrox/shared/run.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { Runs } from '#core/processes/runs.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildRecord } from '#store/build-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

interface Deps {
  makeRelease: ReleaseMaker
  runs: Runs
}

/** The release command, and at first what the source wants once: in the new image, before anything of it starts. */
export function createReleaseCommand({ makeRelease, runs }: Deps) {
  return {
    /** A roll back does not run it: what the newer release has migrated is not undone by running less of it. */
    isWanted: (app: AppRecord, { trigger }: DeploymentRecord, release: ReleaseRecord): boolean =>
      ['push', 'upload', 'image', 'redeploy', 'env'].includes(trigger) &&
      commandsOf(app, makeRelease.buildOf(release)).length > 0,

    /** After a crash nobody knows whether it has finished, and running it twice may do harm. */
    mustNotHaveBegun({ state }: DeploymentRecord): void {
      if (state !== 'releasing') return
      throw new CodedError('RELEASE_COMMAND_FAILED', {
        reason:
          'whether the release command finished is not known: Vastrox was restarted during it',
      })
    },

    async run(
      app: AppRecord,
      deployment: DeploymentRecord,
      release: ReleaseRecord,
      log: DeploymentLog,
      signal: AbortSignal,
    ): Promise<void> {
      for (const { title, command } of commandsOf(app, makeRelease.buildOf(release))) {
        log.step(`${title}: ${command}`)
        const { done } = runs.execute(
          {
            app,
            release,
            kind: 'release',
            command,
            actor: { id: deployment.actorId, name: deployment.actor },
            timeoutMs: app.settings.releaseTimeoutMs,
            deploymentNumber: deployment.number,
          },
          { signal, onOutput: (text) => log.output(text) },
        )
        const { state, exitCode, reason } = await done
        signal.throwIfAborted()
        if (state !== 'succeeded')
          throw new CodedError('RELEASE_COMMAND_FAILED', {
            reason: `the ${title.toLowerCase()} ${howItEnded(state, exitCode, reason)}`,
          })
      }
    },
  }
}
export type ReleaseCommand = ReturnType<typeof createReleaseCommand>

/** In their order. What is run once runs as long as the app has never been live. */
const commandsOf = (
  { liveReleaseId }: AppRecord,
  { releaseCommand, config }: BuildRecord,
): { title: string; command: string }[] => [
  ...(releaseCommand === null ? [] : [{ title: 'Release command', command: releaseCommand }]),
  ...(liveReleaseId !== null || config.firstDeployCommand === null
    ? []
    : [{ title: 'Command of the first deployment', command: config.firstDeployCommand }]),
]
function howItEnded(state: RunState, exitCode: number | null, reason: string | null): string {
  if (state === 'timed-out') return 'took too long'
  if (reason === null) return `exited with code ${exitCode ?? 'unknown'}`
  return exitCode === null ? `did not come to its end: ${reason}` : reason
}
