import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { BackupRunner } from '#core/backups/backup-runner.ts'
import type { BackupService } from '#core/backups/backup-service.ts'
import type { DestinationService } from '#core/destinations/destination-service.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import type { Subjects } from '#core/backups/subjects.ts'
import type { GoodBackup, KeptBackups } from '#core/backups/way-back.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'find' | 'findForPlatform' | 'listNewestGoodForPlatform'>
  subjects: Pick<Subjects, 'findForPlatform'>
  destinations: Pick<DestinationService, 'choose'>
  repositories: Pick<Repositories, 'of'>
  ask: BackupService['ask']
  runner: Pick<BackupRunner, 'until' | 'cancel'>
}

/** Backups as drills and restores see them: those that are there and whole. */
export function createKeptBackups(deps: Deps): KeptBackups {
  const { backups } = deps

  return {
    find(actor, id) {
      const record = backups.find(actor, id)
      if (!record) throw new CodedError('BACKUP_NOT_FOUND')
      const good = toGood(record)
      if (good) return good
      const reason = record.damage ?? record.reason ?? `It is ${record.state}.`
      throw new CodedError('BACKUP_NOT_GOOD', { state: record.state, reason })
    },

    findForPlatform(id) {
      const record = backups.findForPlatform(id)
      return record && toGood(record)
    },

    listNewestForPlatform: () =>
      backups
        .listNewestGoodForPlatform()
        .filter(({ subject }) => deps.subjects.findForPlatform(subject) !== undefined)
        .flatMap((record) => toGood(record) ?? []),

    repositoryOf: (destinationId) => deps.repositories.of(destinationId),

    async saveNow({ teamId, subject, backupId }, signal) {
      const actor = systemActor(teamId)
      const from = backups.findForPlatform(backupId ?? '')
      const known = deps.subjects.findForPlatform(subject)
      if (!known) throw new CodedError('BACKUP_SUBJECT_NOT_FOUND', { subject: subject.name })
      const [asked] = deps.ask(actor, [known], {
        destinationId: from?.destinationId ?? deps.destinations.choose(actor, undefined).id,
        mode: 'live',
        keep: false,
        // Whatever is there is what is to be kept: it may well be less than it was.
        allowSmaller: true,
        purpose: 'safety',
        scheduleId: null,
      })
      const id = asked?.id ?? ''
      const onAbort = (): void => void deps.runner.cancel(id, 'the restore that asked for it')
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      await deps.runner.until(id).finally(() => signal.removeEventListener('abort', onAbort))
      signal.throwIfAborted()
      const ended = backups.findForPlatform(id)
      const good = ended && toGood(ended)
      if (good) return { id, endedAt: good.endedAt }
      throw new CodedError('BACKUP_NOT_GOOD', { reason: ended?.reason ?? 'It is not there.' })
    },
  }
}

function toGood(record: BackupRecord): GoodBackup | undefined {
  const { snapshotId, endedAt, manifest } = record
  if (record.state !== 'done' || record.damage !== null) return undefined
  if (snapshotId === null || endedAt === null || manifest === null) return undefined
  const { counts, sizeBytes, files, sha256, origin } = manifest
  const { id, teamId, subject, destinationId } = record
  const { kind, version, memoryBytes } = origin
  const addon =
    kind === undefined || version === undefined
      ? null
      : { kind, version, memoryBytes: Number(memoryBytes ?? 0) }
  return {
    id,
    teamId,
    subject,
    snapshotId,
    destinationId,
    endedAt,
    content: { counts, sizeBytes, files, sha256, addon },
  }
}
