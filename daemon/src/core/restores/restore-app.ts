import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { RestoreBook } from '#core/restores/restore-book.ts'
import type { GoodBackup } from '#core/backups/way-back.ts'
import type { RestoreRecord } from '#store/restore-store.ts'

/** Sources and env of an app as a backup has them. */
export interface AppContents {
  /**
   * Puts them where a deployment takes them from and asks for that: rows, wish and `note` together.
   */
  deploy(
    record: RestoreRecord,
    backup: GoodBackup,
    signal: AbortSignal,
    note: (deploymentId: string, checks: DrillCheck[]) => void,
  ): Promise<void>
  /** Why the deployment did not come into force; null once it has. */
  untilInForce(deploymentId: string, signal: AbortSignal): Promise<string | null>
}

interface Deps {
  contents: AppContents
  book: RestoreBook
  crashPoint: (name: string) => void
}

/** An app's sources and env come back as a new release, by a deployment like any other. */
export function createRestoreApp({ contents, book, crashPoint }: Deps) {
  async function end(record: RestoreRecord, signal: AbortSignal): Promise<void> {
    const { deploymentId } = record
    if (deploymentId === null) throw new CodedError('INTERNAL', { restore: record.id })
    const checking = record.state === 'restoring' ? book.move(record, 'checking') : record
    const switching = checking.state === 'checking' ? book.move(checking, 'switching') : checking
    const trouble = await contents.untilInForce(deploymentId, signal)
    if (trouble === null) book.done(switching)
    else book.fail(switching, `${trouble} The release before it serves on.`)
  }

  return {
    async run(record: RestoreRecord, backup: GoodBackup, signal: AbortSignal): Promise<void> {
      const now = book.move(record, 'restoring', { target: record.subject.name })
      crashPoint('restore.restoring')
      let noted = now
      await contents.deploy(now, backup, signal, (deploymentId, checks) => {
        noted = book.save({ ...now, deploymentId, checks })
      })
      crashPoint('restore.deployed')
      await end(noted, signal)
    },

    async takeUp(record: RestoreRecord, signal: AbortSignal): Promise<void> {
      if (record.deploymentId !== null) return end(record, signal)
      book.fail(record, `Vastrox ended while it was ${record.state}. What was there is as it was.`)
      return undefined
    },
  }
}
export type RestoreApp = ReturnType<typeof createRestoreApp>
