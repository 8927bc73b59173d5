import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildRecord } from '#store/build-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  makeRelease: ReleaseMaker
  volumes: AppVolumes
}

/** The release command, and at first what the source wants once: in the new image, before anything of it starts. */
export function createReleaseCommand({ agent, makeRelease, volumes }: Deps) {
  return {
    /** A roll back does not run it: what the newer release has migrated is not undone by running less of it. */
    isWanted: (app: AppRecord, { trigger }: DeploymentRecord, release: ReleaseRecord): boolean =>
      ['push', 'image', 'redeploy', 'env'].includes(trigger) &&
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
      const build = makeRelease.buildOf(release)
      for (const { title, command } of commandsOf(app, build)) {
        log.step(`${title}: ${command}`)
        const done = await agent.runOnce(
          {
            appId: app.id,
            appName: app.name,
            releaseId: release.id,
            releaseNumber: release.number,
            process: 'release',
            generation: deployment.number,
            imageId: build.imageId,
            command,
            env: makeRelease.envOf(release),
            limits: { memoryBytes: app.settings.memoryBytes, cpuMillis: app.settings.cpuMillis },
            volumes: volumes.mountsOfRelease(app.id),
            timeoutMs: app.settings.releaseTimeoutMs,
          },
          ({ text }) => log.output(text),
          signal,
        )
        if (done.exitCode === 0) continue
        const how = done.oomKilled ? 'ran out of memory' : `exited with code ${done.exitCode}`
        throw new CodedError('RELEASE_COMMAND_FAILED', {
          reason: `the ${title.toLowerCase()} ${how}`,
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
