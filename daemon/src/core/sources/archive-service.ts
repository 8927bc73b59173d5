import type { Readable } from 'node:stream'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { PublishUploads } from '#core/sources/publish-uploads.ts'
import type { UploadChanges } from '#core/sources/upload-changes.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import { createPlaces } from '#lib/places.ts'
import type { UnpackedArchive } from '#ports/staging-trees.ts'

interface Deps {
  finder: AppFinder
  trees: Pick<UploadTrees, 'open'>
  changes: UploadChanges
  publishing: Pick<PublishUploads, 'publish'>
}

export interface ArchiveWish {
  publish: boolean
  signal: AbortSignal
  onProgress?: (progress: { receivedBytes: number }) => void
}

export interface TakenArchive extends UnpackedArchive {
  /** null where it waits to be published. */
  deployment: Deployment | null
}

export const MAX_ARCHIVE_BYTES = 2 * 2 ** 30
/** Unpacking is work for the disk; more than these wait for nothing but one another. */
const AT_A_TIME = 4

/** A whole app in one file: its content takes the place of the app's files. */
export function createArchiveService({ finder, trees, changes, publishing }: Deps) {
  const ofApp = createPlaces(1)
  const ofAll = createPlaces(AT_A_TIME)

  return {
    /** Throws ARCHIVE_REFUSED, with everything as it was; what publishing throws, with the files in place. */
    async take(
      actor: Actor,
      appName: string,
      archive: Readable,
      { publish, signal, onProgress = () => {} }: ArchiveWish,
    ): Promise<TakenArchive> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const free = ofApp.take(app.id)
      const freeOfAll = free && ofAll.take('all')
      if (!freeOfAll) {
        free?.()
        throw new CodedError('UPLOAD_BUSY', { reason: 'Too many archives are being unpacked.' })
      }
      try {
        const tree = await trees.open(app)
        const options = { maxArchiveBytes: MAX_ARCHIVE_BYTES, signal, onProgress }
        const unpacked = await tree.takeArchive(archive, options)
        changes.note(app, actor.name)
        if (!publish) return { ...unpacked, deployment: null }
        const description = `archive: ${unpacked.entries} ${unpacked.entries === 1 ? 'entry' : 'entries'} (${unpacked.format})`
        const wish = { incomplete: true, description }
        return { ...unpacked, deployment: await publishing.publish(actor, appName, wish) }
      } finally {
        free()
        freeOfAll()
      }
    },
  }
}
export type ArchiveService = ReturnType<typeof createArchiveService>
