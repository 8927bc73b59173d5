import type { Readable } from 'node:stream'
import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { ImageSource } from '@vastrox/shared/image-source.ts'
import { z } from 'zod'
import { systemActor } from '#core/access/system-actor.ts'
import { APP_FOLDER } from '#core/backups/app-tar.ts'
import type { AppContents } from '#core/restores/restore-app.ts'
import { APP_TAR } from '#core/backups/subjects.ts'
import type { GoodBackup, KeptBackups } from '#core/backups/way-back.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { EnvService } from '#core/env/env-service.ts'
import { KeptState, type Variables } from '#core/env/variable.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  node: Pick<NodeBackups, 'read'>
  backups: Pick<KeptBackups, 'repositoryOf'>
  buildContext: BuildContext
  sourceArchive: Pick<SourceArchive, 'put' | 'remove'>
  env: Pick<EnvService, 'putBack'>
  deployments: Pick<DeploymentService, 'requestUpload' | 'requestImage' | 'untilSwitched'>
  newId: NewId
  transact: Transact
}

const READ_MS = 3_600_000
const FAILED: readonly string[] = ['failed', 'cancelled', 'reverted']

const EnvLayers = z.array(z.object({ group: z.string().nullable(), variables: KeptState }))
const BuildPart = z.object({
  hasSource: z.boolean().default(false),
  image: ImageSource.nullable().default(null),
})

/** Sources and env of an app, out of the tar that its backup is. */
export function createRestoredApps(deps: Deps): AppContents {
  const { transact } = deps

  /** Read anew each time: it is a stream. */
  async function open(backup: GoodBackup, signal: AbortSignal): Promise<Readable> {
    return deps.node.read(
      {
        repository: await deps.backups.repositoryOf(backup.destinationId),
        snapshotId: backup.snapshotId,
        timeoutMs: READ_MS,
        path: APP_TAR,
        asTar: false,
      },
      signal,
    )
  }

  async function readParts(backup: GoodBackup, signal: AbortSignal) {
    const tar = await open(backup, signal)
    const tree = await deps.buildContext.readTree(tar, [`${APP_FOLDER}/*.json`])
    const part = (name: string): unknown => {
      const text = tree.read(`${APP_FOLDER}/${name}.json`)
      return text === undefined ? undefined : JSON.parse(text)
    }
    // Its own is the last one: backups of before have what add-ons gave as layers without a group too.
    const own = EnvLayers.safeParse(part('env')).data?.findLast(({ group }) => group === null)
    if (!own)
      throw new CodedError('RESTORE_FAILED', {
        reason: 'The env in the backup cannot be read: nothing was changed.',
      })
    const variables: Variables = new Map(Object.entries(own.variables))
    const build = BuildPart.catch({ hasSource: false, image: null }).parse(part('build') ?? {})
    const files = [...tree.paths].filter((path) => !path.startsWith(`${APP_FOLDER}/`)).length
    return { variables, build, files }
  }

  /** Without what of the backup is not of the source: it holds secrets. */
  async function keepSource(backup: GoodBackup, signal: AbortSignal): Promise<string> {
    const sourceId = deps.newId()
    const tar = await open(backup, signal)
    const options = { ignore: [APP_FOLDER], root: null }
    await deps.sourceArchive.put(sourceId, deps.buildContext.withFiles(tar, {}, options))
    return sourceId
  }

  function mustFind(id: string, name: string): AppRecord {
    const app = deps.apps.findByIdForPlatform(id)
    if (!app || app.destroyedAt !== null) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  return {
    async deploy({ subject }, backup, signal, note) {
      mustFind(subject.id, subject.name)
      const { variables, build, files } = await readParts(backup, signal)
      if (!build.hasSource && build.image === null)
        throw new CodedError('RESTORE_FAILED', {
          reason: 'The app had no source and no image when it was backed up.',
        })
      const sourceId = build.hasSource ? await keepSource(backup, signal) : null
      try {
        transact(() => {
          const app = mustFind(subject.id, subject.name)
          const actor = systemActor(app.teamId)
          const description = `restored: as it was backed up at ${backup.endedAt}`
          deps.env.putBack(actor, app, variables)
          const { id } =
            sourceId === null
              ? deps.deployments.requestImage({
                  actor,
                  app,
                  image: mustHave(build.image),
                  description,
                })
              : deps.deployments.requestUpload({ actor, app, sourceId, description })
          note(id, checksOf(files, variables, build.image))
        })
      } catch (error) {
        if (sourceId !== null) await deps.sourceArchive.remove(sourceId)
        throw error
      }
    },

    async untilInForce(deploymentId, signal) {
      const gone = Promise.withResolvers<never>()
      const onAbort = (): void => gone.reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        signal.throwIfAborted()
        const { state, reason, number } = await Promise.race([
          deps.deployments.untilSwitched(deploymentId),
          gone.promise,
        ])
        return FAILED.includes(state) ? `Deployment ${number} failed: ${reason ?? state}.` : null
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}

function mustHave(image: ImageSource | null): ImageSource {
  if (image === null) throw new CodedError('RESTORE_FAILED')
  return image
}

const checksOf = (files: number, variables: Variables, image: ImageSource | null): DrillCheck[] => [
  {
    what: image === null ? 'files of the source' : 'image',
    expected: null,
    found: image === null ? files.toLocaleString('en-US') : image.reference.slice(0, 200),
    isGood: true,
  },
  { what: 'env variables', expected: null, found: String(variables.size), isGood: true },
]
