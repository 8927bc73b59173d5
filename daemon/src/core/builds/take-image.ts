import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { formatImageReference, parseImageReference } from '@vastrox/shared/image-reference.ts'
import type { ImageSource } from '@vastrox/shared/image-source.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { RegistryService } from '#core/sources/registry-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildRecord } from '#store/build-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ImageSourceStore } from '#store/image-source-store.ts'

interface Deps {
  agent: NodeAgent
  registries: Pick<RegistryService, 'credentialsFor'>
  imageSources: ImageSourceStore
  clock: Clock
  newId: NewId
}

interface Order {
  app: AppRecord
  deployment: DeploymentRecord
  image: ImageSource
  log: DeploymentLog
  signal: AbortSignal
}

const TIMEOUT_MS = 15 * 60_000

export type TakeImage = ReturnType<typeof createTakeImage>

/**
 * Fetches an image that is deployed as it is, by the digest that was asked for or the one that its tag
 * means now. Throws IMAGE_… with a `reason`; then the next look at the tag tries it once more.
 */
export function createTakeImage({ agent, registries, imageSources, clock, newId }: Deps) {
  return async ({ app, deployment, image, log, signal }: Order): Promise<BuildRecord> => {
    const startedAt = clock.now().getTime()
    const reference = parseImageReference(image.reference)
    if (!reference) throw new CodedError('IMAGE_REFERENCE_INVALID')
    const pinned = { ...reference, digest: reference.digest ?? image.digest }
    log.step(`Image ${formatImageReference(pinned)}`)
    const buildId = newId()
    try {
      const done = await agent.pullImage(
        {
          appId: app.id,
          appName: app.name,
          buildId,
          reference: formatImageReference(pinned),
          credentials: registries.credentialsFor(app.teamId, reference),
          timeoutMs: TIMEOUT_MS,
        },
        (text) => log.output(text),
        signal,
      )
      const durationMs = clock.now().getTime() - startedAt
      log.line(`It is ${done.digest}, ${Math.ceil(done.sizeBytes / 1e6)} MB`)
      const { startCommand, releaseCommand } = app.settings.build
      return {
        id: buildId,
        teamId: app.teamId,
        appId: app.id,
        stack: 'image',
        imageId: done.imageId,
        imageSizeBytes: done.sizeBytes,
        dockerfile: `FROM ${formatImageReference({ ...reference, digest: done.digest })}\n`,
        processes: { web: startCommand },
        releaseCommand,
        imageEnv: done.port === null ? {} : { PORT: String(done.port) },
        config: NO_APP_CONFIG,
        plan: null,
        commit: deployment.commit,
        sourceId: null,
        image: { reference: image.reference, digest: done.digest },
        durationMs,
        createdAt: clock.now().toISOString(),
        imageRemovedAt: null,
      }
    } catch (error) {
      if (error instanceof CodedError && error.code.startsWith('IMAGE_')) forget(app, image, error)
      throw error
    }
  }

  /** What could not be fetched was not taken up. */
  function forget(app: AppRecord, image: ImageSource, error: CodedError): void {
    const source = imageSources.findForPlatform(app.id)
    if (source?.reference !== image.reference) return
    const failures = source.failures + 1
    imageSources.saveForPlatform({ ...source, digest: null, failures, problem: sayError(error) })
  }
}
