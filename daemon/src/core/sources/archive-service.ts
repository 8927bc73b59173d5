import { Readable } from 'node:stream'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { PublishUploads } from '#core/sources/publish-uploads.ts'
import type { UploadChanges } from '#core/sources/upload-changes.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import { atLeastRate } from '#lib/least-rate.ts'
import { createPlaces } from '#lib/places.ts'
import { createTurns } from '#lib/turns.ts'
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
  /** Asked once all of it is there, which may take an hour. */
  mayStill?: () => boolean
  onProgress?: (progress: { receivedBytes: number }) => void
}

export interface TakenArchive extends UnpackedArchive {
  /** null where it waits to be published. */
  deployment: Deployment | null
}

export const MAX_ARCHIVE_BYTES = 2 * 2 ** 30
/** Archives on their way in, of everybody; each is on the disk as far as it has come. */
const MAX_ARRIVING = 16
/** Of one user or token: nobody takes all the places. */
const MAX_OF_ACTOR = 4
/** Unpacking is work for the disk: those that have arrived wait for one another. */
const UNPACKED_AT_A_TIME = 2
/** 8 KB/s, each minute anew: a place is for somebody who sends. */
const LEAST_RATE = { leastBytes: 480_000, everyMs: 60_000 }

/** A whole app in one file: its content takes the place of the app's files. */
export function createArchiveService({ finder, trees, changes, publishing }: Deps) {
  const ofApp = createPlaces(1)
  const ofActor = createPlaces(MAX_OF_ACTOR)
  const ofAll = createPlaces(MAX_ARRIVING)
  const turns = createTurns(UNPACKED_AT_A_TIME)

  /** A place of each kind, or UPLOAD_BUSY and none. */
  function takePlaces(actor: Actor, appId: string): () => void {
    const freed: (() => void)[] = []
    const free = (): void => {
      for (const one of freed) one()
    }
    for (const [places, key, reason] of [
      [ofApp, appId, 'Another archive for this app is on its way.'],
      [ofActor, actor.userId ?? actor.id, `You send ${MAX_OF_ACTOR} archives already.`],
      [ofAll, 'all', 'Too many archives are on their way.'],
    ] as const) {
      const taken = places.take(key)
      if (!taken) {
        free()
        throw new CodedError('UPLOAD_BUSY', { reason })
      }
      freed.push(taken)
    }
    return free
  }

  return {
    /**
     * Throws ARCHIVE_REFUSED, and PERMISSION_DENIED where the actor may not any more once it is there,
     * with everything as it was; what publishing throws, with the files in place.
     */
    async take(
      actor: Actor,
      appName: string,
      archive: Readable,
      { publish, signal, mayStill = () => true, onProgress = () => {} }: ArchiveWish,
    ): Promise<TakenArchive> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const free = takePlaces(actor, app.id)
      // A body that nothing comes of is waited for by nobody.
      const onAbort = (): void => void archive.destroy(new Error('the upload was ended'))
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        const tree = await trees.open(app)
        const untilTurn = async (): Promise<() => void> => {
          const endTurn = await turns.take(signal)
          if (mayStill()) return endTurn
          endTurn()
          throw new CodedError('PERMISSION_DENIED', { permission: 'app.deploy' })
        }
        const options = { maxArchiveBytes: MAX_ARCHIVE_BYTES, signal, onProgress, untilTurn }
        const arriving = Readable.from(atLeastRate(archive, LEAST_RATE, tooSlow))
        const unpacked = await tree.takeArchive(arriving, options)
        changes.note(app, actor.name)
        if (!publish) return { ...unpacked, deployment: null }
        const description = `archive: ${unpacked.entries} ${unpacked.entries === 1 ? 'entry' : 'entries'} (${unpacked.format})`
        const wish = { incomplete: true, description }
        return { ...unpacked, deployment: await publishing.publish(actor, appName, wish) }
      } finally {
        signal.removeEventListener('abort', onAbort)
        free()
      }
    },
  }
}
const tooSlow = (): CodedError =>
  new CodedError('UPLOAD_TOO_SLOW', {
    reason: `Less than ${LEAST_RATE.leastBytes / 1_000} KB of it came in a minute.`,
  })

export type ArchiveService = ReturnType<typeof createArchiveService>
