import { MAX_UPLOAD_BYTES, MAX_UPLOAD_ENTRIES } from '@vastrox/shared/upload.ts'
import { createStagingTrees } from '#adapters/files/staging-trees.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { DeploymentStates } from '#core/deployments/deployment-states.ts'
import { createArchiveService } from '#core/sources/archive-service.ts'
import { createIdlePublisher } from '#core/sources/idle-publisher.ts'
import { createPublishUploads } from '#core/sources/publish-uploads.ts'
import { createUploadChanges } from '#core/sources/upload-changes.ts'
import { createUploadFiles } from '#core/sources/upload-files.ts'
import { createUploadSessions } from '#core/sources/upload-sessions.ts'
import { createUploadSettings } from '#core/sources/upload-settings.ts'
import { createUploadTrees } from '#core/sources/upload-trees.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import { createAppStore } from '#store/app-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createUploadStore } from '#store/upload-store.ts'

interface Deps {
  db: Database
  /** A directory for each app. */
  folder: string
  finder: AppFinder
  sourceArchive: SourceArchive
  deployments: DeploymentService
  states: Pick<DeploymentStates, 'onChange'>
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  /** Where clients connect; null for a way in that is off. */
  addresses: Parameters<typeof createUploadSettings>[0]['addresses']
  /** Whether somebody may still deploy an app. */
  mayDeploy: Parameters<typeof createUploadSessions>[0]['mayDeploy']
  sayToApp: (appId: string, text: string) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Wires what uploads are made of. */
export function composeUploads(given: Deps) {
  const { db } = given
  const deps = {
    ...given,
    apps: createAppStore(db),
    builds: createBuildStore(db),
    releases: createReleaseStore(db),
    uploads: createUploadStore(db),
    transact: transactionOf(db),
  }
  const { apps } = deps
  const quota = { bytes: MAX_UPLOAD_BYTES, entries: MAX_UPLOAD_ENTRIES }
  const changes = createUploadChanges(deps)
  const trees = createUploadTrees({
    ...deps,
    trees: createStagingTrees({ folder: given.folder, quota }),
    onChange: (appId, path, by) => idle.changed(appId, path, by),
  })
  const sessions = createUploadSessions({ ...deps, trees, onChange: changes.tell })
  given.states.onChange(({ appId, state }) => {
    if (state !== 'watching' && state !== 'reverted') return
    const app = apps.findByIdForPlatform(appId)
    if (app)
      trees
        .refit(app)
        .then((isThere) => {
          // What is not published yet is less now, or more after a way back.
          if (isThere) changes.tell(app)
        })
        .catch((error: unknown) => given.onProblem('uploads were not fitted to the release', error))
  })
  const publishing = createPublishUploads({ ...deps, trees, changes })
  const idle = createIdlePublisher({ ...deps, trees, changes, publishing })

  return {
    sessions,
    publishing,
    files: createUploadFiles({ ...deps, trees, sessions }),
    archives: createArchiveService({ ...deps, trees, changes, publishing }),
    settings: createUploadSettings({
      ...deps,
      trees,
      sessions,
      changes,
      onChange: (app) => idle.look(app),
    }),

    /** For the hourly round: what is left of apps that are gone, and clients of those in the trash. */
    async tidy(): Promise<void> {
      await sessions.closeThoseOfDestroyed()
      await trees.removeOthers((appId) => apps.findByIdForPlatform(appId) !== undefined)
    },

    start: (): void => idle.start(),
    async stop(): Promise<void> {
      await idle.stop()
      await sessions.closeAll()
    },
  }
}
export type UploadParts = ReturnType<typeof composeUploads>
