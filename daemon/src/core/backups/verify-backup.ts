import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupRecord } from '#store/backup-store.ts'

interface Deps {
  node: Pick<NodeBackups, 'digest' | 'listSnapshots' | 'listFiles'>
}

/** Content of other machines is read again up to here: more of it costs what a backup costs. */
const CHEAP_BYTES = 64 * 2 ** 20
const MOST_MS = 6 * 3_600_000

export const tagOf = (backupId: string): string => `backup=${backupId}`

/**
 * Looks whether what was stored is what was sent (rule B5): on this server's own disks all of it is
 * read again; elsewhere what is small, and of the rest that it is there. Throws BACKUP_DIGEST_WRONG.
 */
export function createVerifyBackup({ node }: Deps) {
  async function read(
    repository: Repository,
    { snapshotId, manifest }: BackupRecord,
    signal: AbortSignal,
  ): Promise<void> {
    if (snapshotId === null || manifest === null) throw wrong('nothing was stored')
    const { fileName, sha256, sizeBytes } = manifest
    const seen = await node.digest(
      {
        repository,
        snapshotId,
        timeoutMs: MOST_MS,
        path: fileName ?? '',
        asTar: fileName === null,
      },
      signal,
    )
    if (fileName === null) return
    if (seen.sizeBytes !== sizeBytes) throw wrong(`${seen.sizeBytes} bytes instead of ${sizeBytes}`)
    if (sha256 !== null && seen.sha256 !== sha256) throw wrong('other bytes than were sent')
  }

  async function mustBeListed(repository: Repository, record: BackupRecord): Promise<void> {
    const found = await node.listSnapshots(repository, tagOf(record.id))
    if (!found.some(({ snapshotId }) => snapshotId === record.snapshotId))
      throw wrong('it is not listed there')
  }

  async function look(repository: Repository, record: BackupRecord): Promise<void> {
    await mustBeListed(repository, record)
    const files = await node.listFiles(repository, record.snapshotId ?? '', '')
    const { fileName, sizeBytes } = record.manifest ?? { fileName: null, sizeBytes: 0 }
    if (fileName === null) return
    const file = files.find(({ path }) => path === fileName)
    if (!file) throw wrong(`${fileName} is not in it`)
    if (file.sizeBytes !== sizeBytes) throw wrong(`${file.sizeBytes} bytes instead of ${sizeBytes}`)
  }

  return async (
    repository: Repository,
    record: BackupRecord,
    signal: AbortSignal,
  ): Promise<void> => {
    // It has many roots, and none of them is all of it: checks read it, and a drill restores it.
    if (record.subject.type === 'platform') return mustBeListed(repository, record)
    const isNear = repository.location.type === 'local'
    if (isNear || (record.sizeBytes ?? Infinity) <= CHEAP_BYTES)
      await read(repository, record, signal)
    else await look(repository, record)
  }
}
export type VerifyBackup = ReturnType<typeof createVerifyBackup>

const wrong = (what: string): CodedError =>
  new CodedError('BACKUP_DIGEST_WRONG', {
    reason: `What was stored could not be read again as it was sent: ${what}.`,
  })
