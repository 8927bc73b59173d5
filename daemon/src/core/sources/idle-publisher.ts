import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { PublishUploads } from '#core/sources/publish-uploads.ts'
import type { UploadChanges } from '#core/sources/upload-changes.ts'
import { uploadRecordOf } from '#core/sources/upload-record.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import { FileError } from '#lib/file-error.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { UploadStore } from '#store/upload-store.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  uploads: UploadStore
  trees: UploadTrees
  changes: UploadChanges
  publishing: Pick<PublishUploads, 'publish'>
  clock: Clock
  /** A line in the app's log: a client of FTP or SFTP sees nothing else. */
  sayToApp: (appId: string, text: string) => void
  onProblem: (what: string, error: unknown) => void
}

export const IDLE_MS = 10_000
/** A marker is looked at once its own transfer has ended. */
const MARKER_MS = 500
const MARKER = '/.deploy'

/**
 * Publishes what was uploaded when nothing has changed for 10 seconds and no transfer is open, where
 * that is wished, and at once when a file `.deploy` appears. What is half-written is never published
 * by itself.
 */
export function createIdlePublisher(deps: Deps) {
  const { apps, uploads, changes, clock } = deps
  const stopping = new AbortController()
  const waiting = new Map<string, Promise<void>>()
  const marked = new Set<string>()

  function watch(appId: string): void {
    if (stopping.signal.aborted || waiting.has(appId)) return
    const loop = untilIdle(appId)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) deps.onProblem('uploads could not be published', error)
      })
      .finally(() => waiting.delete(appId))
    waiting.set(appId, loop)
  }

  async function untilIdle(appId: string): Promise<void> {
    const beganAtMs = clock.elapsedMs()
    let isMarked = false
    for (;;) {
      const mayBeMarked = isMarked || marked.has(appId)
      const last = changes.lastAtMs(appId) ?? beganAtMs
      const restMs = last + (mayBeMarked ? MARKER_MS : IDLE_MS) - clock.elapsedMs()
      if (restMs > 0) {
        await clock.sleep(Math.min(restMs, MARKER_MS), stopping.signal)
        continue
      }
      const app = apps.findByIdForPlatform(appId)
      if (!app || app.destroyedAt !== null) return
      const tree = await deps.trees.open(app)
      if (tree.openTransfers() > 0) {
        await clock.sleep(MARKER_MS, stopping.signal)
        continue
      }
      isMarked ||= marked.has(appId) && (await takeMarker(app))
      const count = changes.count(appId)
      const record = uploadRecordOf(uploads, app)
      if (
        isMarked ||
        (record.publishOnIdle && record.changedAt !== null && record.problem === null)
      ) {
        if (!(await publish(app, isMarked))) {
          await clock.sleep(MARKER_MS, stopping.signal)
          continue
        }
        isMarked = false
      }
      // What was changed while it was published is not in it, and nobody but this loop looks.
      if (changes.count(appId) === count) return
    }
  }

  /** False where there is none: what was seen is that it has been taken away. */
  async function takeMarker(app: AppRecord): Promise<boolean> {
    const session = (await deps.trees.open(app)).session()
    try {
      await session.removeFile(MARKER)
      return true
    } catch (error) {
      if (error instanceof FileError && error.code === 'not-found') return false
      throw error
    } finally {
      await session.end()
      // Taking it away is seen as well.
      marked.delete(app.id)
    }
  }

  /** False where it was not the moment for it: somebody else publishes, or a client began to write. */
  async function publish(app: AppRecord, isMarked: boolean): Promise<boolean> {
    const { changedBy } = uploadRecordOf(uploads, app)
    const actor: Actor = { ...systemActor(app.teamId), name: changedBy ?? 'vastrox' }
    try {
      const wish = { incomplete: false, settled: true }
      const { number } = await deps.publishing.publish(actor, app.name, wish)
      deps.sayToApp(app.id, `Uploads are being published (deployment ${number}).`)
    } catch (error) {
      if (!(error instanceof CodedError)) {
        changes.failed(app, sayError(error))
        throw error
      }
      if (error.code === 'UPLOAD_CHANGED' || error.code === 'UPLOAD_BUSY') return false
      if (error.code === 'UPLOAD_UNCHANGED' && !isMarked) return true
      if (error.code !== 'UPLOAD_UNCHANGED') changes.failed(app, sayError(error))
      deps.sayToApp(app.id, `Uploads are not published: ${sayError(error)}`)
    }
    return true
  }

  return {
    /** Something of the app's files has changed. */
    changed(appId: string, path: string, by: string | undefined): void {
      if (path === MARKER) marked.add(appId)
      if (!changes.again(appId, by)) {
        const app = apps.findByIdForPlatform(appId)
        if (app) changes.note(app, by)
      }
      watch(appId)
    },

    /** It may be time by now: the wish has changed. */
    look: (app: AppRecord): void => watch(app.id),

    /** What a daemon before this one had not published yet. */
    start(): void {
      for (const { appId } of uploads.listChangedForPlatform()) watch(appId)
    },

    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(waiting.values())
    },
  }
}
export type IdlePublisher = ReturnType<typeof createIdlePublisher>
