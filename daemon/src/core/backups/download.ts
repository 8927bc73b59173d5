import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { type BackupService, mustBeReadable } from '#core/backups/backup-service.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import { createPlaces } from '#lib/places.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

interface Deps {
  backups: Pick<BackupService, 'findDone'>
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'read'>
  audit: Pick<AuditLog, 'append'>
}

export interface Download {
  name: string
  /** null for a tar, whose length nobody knows before its end. */
  sizeBytes: number | null
  content: Readable
}

const MOST_MS = 12 * 3_600_000
/** Each is a restic of its own: of everybody, and of one user or token. */
const MAX_AT_A_TIME = 4
const MAX_OF_ACTOR = 2

/** The content of a backup in the clear: a dump as its tool printed it, files as a tar. */
export function createDownload({ backups, repositories, node, audit }: Deps) {
  const ofActor = createPlaces(MAX_OF_ACTOR)
  const ofAll = createPlaces(MAX_AT_A_TIME)

  function takePlaces(actor: Actor): () => void {
    const own = ofActor.take(actor.userId ?? actor.id)
    const all = own && ofAll.take('all')
    if (own && all)
      return () => {
        own()
        all()
      }
    own?.()
    throw new CodedError('BACKUP_TOO_MANY', {
      reason: `At most ${MAX_AT_A_TIME} downloads are under way at a time, ${MAX_OF_ACTOR} of them yours.`,
    })
  }

  return async (
    actor: Actor,
    id: string,
    path: string | undefined,
    signal: AbortSignal,
  ): Promise<Download> => {
    mustBeAble(actor, 'backup.restore')
    const record = backups.findDone(actor, id)
    mustBeReadable(record)
    const { destinationId, snapshotId, manifest, subject, startedAt } = record
    const fileName = manifest?.fileName ?? null
    if (path !== undefined && fileName !== null)
      throw new CodedError('REQUEST_INVALID', {
        reason: 'There is one file in it, and no folders.',
      })
    const repository = await repositories.of(destinationId, signal)
    const free = takePlaces(actor)
    try {
      audit.append({
        actor,
        action: 'backup.download',
        target: id,
        details: { subject: `${subject.type}:${subject.name}`, path: path ?? null },
      })
      const content = node.read(
        {
          repository,
          snapshotId,
          timeoutMs: MOST_MS,
          path: fileName ?? path ?? '',
          asTar: fileName === null,
        },
        signal,
      )
      content.once('close', free)
      await begun(content)
      const stem = `${subject.name.replaceAll('/', '-')}-${stampOf(startedAt)}`
      return {
        name: `${stem}${fileName === null ? '.tar' : extensionOf(fileName)}`,
        sizeBytes: fileName === null ? null : (manifest?.sizeBytes ?? null),
        content,
      }
    } catch (error) {
      free()
      throw error
    }
  }
}
export type DownloadBackup = ReturnType<typeof createDownload>

/** What goes wrong before the first byte is answered as an error, not as a file that is cut short. */
async function begun(content: Readable): Promise<void> {
  if (content.readableLength > 0 || content.readableEnded) return
  await once(content, 'readable')
}

/** `20261126-0312` */
const stampOf = (at: string | null): string =>
  (at ?? '').slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-')

const extensionOf = (fileName: string): string => {
  const at = fileName.indexOf('.')
  return at === -1 ? '' : fileName.slice(at)
}
