import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { compareFiles, isAllGood, sayWorst } from '#core/drills/drill-checks.ts'
import type { OnProgress } from '#core/drills/load-addon.ts'
import type { RestoreBook } from '#core/restores/restore-book.ts'
import type { RestoredVolumes } from '#core/restores/restored-volumes.ts'
import type { GoodBackup, KeptBackups, TakeTurn } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { RestoreRecord } from '#store/restore-store.ts'

interface Deps {
  node: Pick<NodeBackups, 'restore'>
  backups: Pick<KeptBackups, 'repositoryOf' | 'saveNow'>
  volumes: RestoredVolumes
  book: RestoreBook
  clock: Clock
  newId: NewId
  /** The node's, one at a time. */
  takeTurn: TakeTurn
  crashPoint: (name: string) => void
}

/** Where in a volume what goes: all of it into a new one, or some files into a folder. */
export interface VolumeTarget {
  ownerId: string
  volumeId: string
  isNew: boolean
  into: string | null
  paths: string[] | null
}

/** What is put into a volume: a backup's files, or somebody's own tar. */
export interface VolumeContent {
  load(target: VolumeTarget, onProgress: OnProgress, signal: AbortSignal): Promise<DrillCheck[]>
}

const RESTORE_MS = 12 * 3_600_000

/**
 * Puts files into a volume. What is there is never written over: all of it is restored into another
 * one, which is looked at and then takes the place; single files go into a folder beside (rule B8).
 */
export function createRestoreVolume(deps: Deps) {
  const { node, backups, volumes, book, clock } = deps

  const contentOf = (backup: GoodBackup): VolumeContent => ({
    async load(target, onProgress, signal) {
      const done = await node.restore(
        {
          repository: await backups.repositoryOf(backup.destinationId),
          snapshotId: backup.snapshotId,
          target: { type: 'volume', ...target },
          timeoutMs: RESTORE_MS,
        },
        ({ bytesDone, bytesTotal }) => {
          const total = bytesTotal ?? backup.content.sizeBytes
          onProgress(total > 0 ? Math.min(1, bytesDone / total) : null)
        },
        signal,
      )
      return target.paths === null ? compareFiles(backup.content, done) : filesOf(done)
    },
  })

  async function fill(
    record: RestoreRecord,
    content: VolumeContent,
    target: VolumeTarget,
    signal: AbortSignal,
  ): Promise<RestoreRecord> {
    const endTurn = await deps.takeTurn(signal)
    const checks = await content
      .load(target, (done) => book.progress(record, done), signal)
      .finally(endTurn)
    const checked = book.move(record, 'checking', { checks, progress: 1 })
    if (!isAllGood(checks)) throw new CodedError('RESTORE_FAILED', { reason: sayWorst(checks) })
    return checked
  }

  async function files(
    record: RestoreRecord,
    content: VolumeContent,
    signal: AbortSignal,
  ): Promise<void> {
    const volume = volumes.mustFind(record.subject)
    const into = folderOf(clock.now())
    const now = book.move(record, 'restoring', { target: `${record.subject.name}/${into}` })
    deps.crashPoint('restore.files')
    const target = {
      ownerId: volume.appId,
      volumeId: volume.id,
      isNew: false,
      into,
      paths: record.paths,
    }
    book.done(await fill(now, content, target, signal))
  }

  async function whole(
    record: RestoreRecord,
    content: VolumeContent,
    signal: AbortSignal,
  ): Promise<void> {
    const ownerId = volumes.ownerOf(record)
    const madeId = deps.newId()
    const target = record.how === 'new' ? volumes.besideName(record) : record.subject.name
    let now = record
    if (record.how === 'in-place') {
      const saving = book.move(now, 'saving', { target })
      const saved = await backups.saveNow(record, signal)
      now = book.save({ ...saving, safetyBackupId: saved.id })
    }
    now = book.move(now, 'restoring', { target, madeId })
    try {
      deps.crashPoint('restore.restoring')
      const place = { ownerId, volumeId: madeId, isNew: true, into: null, paths: null }
      now = await fill(now, content, place, signal)
    } catch (error) {
      await volumes.dropUnnamed(ownerId, madeId)
      throw error
    }
    deps.crashPoint('restore.checked')
    try {
      await switchTo(book.move(now, 'switching'), signal)
    } catch (error) {
      // What a row has named by then stays.
      if (!signal.aborted) await volumes.dropUnnamed(ownerId, madeId)
      throw error
    }
  }

  /** Rows first, then the deployment that gives it to the instances; begun again, it goes on. */
  async function switchTo(record: RestoreRecord, signal: AbortSignal): Promise<void> {
    const now = volumes.isNamed(record) ? record : volumes.give(record)
    deps.crashPoint('restore.switching')
    const trouble = await volumes.untilInForce(now, signal)
    if (trouble === null) {
      book.done(now)
      return
    }
    volumes.takeBack(now)
    book.fail(now, `${trouble} What was there serves on.`)
  }

  return {
    contentOf,

    run: (record: RestoreRecord, content: VolumeContent, signal: AbortSignal): Promise<void> =>
      record.how === 'files' ? files(record, content, signal) : whole(record, content, signal),

    async takeUp(record: RestoreRecord, signal: AbortSignal): Promise<void> {
      if (record.state === 'switching') return switchTo(record, signal)
      let after = 'What was there is as it was.'
      try {
        if (record.madeId !== null)
          await volumes.dropUnnamed(volumes.ownerOf(record), record.madeId)
      } catch (error) {
        after += ` What was restored of it could not be removed: ${sayError(error)}`
      }
      if (record.how === 'files' && record.state !== 'queued')
        after = `${record.target ?? ''} may be there in part.`
      book.fail(record, `Vastrox ended while it was ${record.state}. ${after}`)
      return undefined
    },
  }
}
export type RestoreVolume = ReturnType<typeof createRestoreVolume>

const filesOf = ({ files }: { files: number }): DrillCheck[] => [
  {
    what: 'files',
    expected: null,
    found: files.toLocaleString('en-US'),
    isGood: files > 0,
  },
]

/** `restored-2026-11-26-215501`. */
const folderOf = (at: Date): string =>
  `restored-${at.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')}`
