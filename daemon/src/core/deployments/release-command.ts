import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  makeRelease: ReleaseMaker
  volumes: AppVolumes
}

/** The `release:` line of a Procfile: run once in the new image, before anything of it starts. */
export function createReleaseCommand({ agent, makeRelease, volumes }: Deps) {
  return {
    /** A roll back does not run it: what the newer release has migrated is not undone by running less of it. */
    isWanted: ({ trigger }: DeploymentRecord, release: ReleaseRecord): boolean =>
      ['push', 'redeploy', 'env'].includes(trigger) &&
      makeRelease.buildOf(release).releaseCommand !== null,

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
      const { imageId, releaseCommand } = makeRelease.buildOf(release)
      if (releaseCommand === null) return
      log.step(`Release command: ${releaseCommand}`)
      const done = await agent.runOnce(
        {
          appId: app.id,
          appName: app.name,
          releaseId: release.id,
          releaseNumber: release.number,
          process: 'release',
          generation: deployment.number,
          imageId,
          command: releaseCommand,
          env: makeRelease.envOf(release),
          limits: { memoryBytes: app.settings.memoryBytes, cpuMillis: app.settings.cpuMillis },
          volumes: volumes.mountsOfRelease(app.id),
          timeoutMs: app.settings.releaseTimeoutMs,
        },
        ({ text }) => log.output(text),
        signal,
      )
      if (done.exitCode === 0) return
      const how = done.oomKilled ? 'ran out of memory' : `exited with code ${done.exitCode}`
      throw new CodedError('RELEASE_COMMAND_FAILED', { reason: `the release command ${how}` })
    },
  }
}
export type ReleaseCommand = ReturnType<typeof createReleaseCommand>
