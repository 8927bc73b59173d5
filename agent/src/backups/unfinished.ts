import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { findSnapshots, runRestic } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import type { Access } from '#agent/backups/run-restic.ts'
import { log } from '#agent/node/log.ts'

const Mark = z.object({ backupId: z.string(), key: z.string() })

const folderOf = (backupsDir: string): string => join(backupsDir, 'unfinished')
const fileOf = (backupsDir: string, backupId: string): string =>
  join(folderOf(backupsDir), `${backupId}.json`)

export const tagOf = (backupId: string): string => `backup=${backupId}`

/**
 * Says on disk that a backup has begun (rule K3). Until it is taken back, a snapshot of it is not to be
 * trusted: whatever fed it may have ended early.
 */
export async function markUnfinished(
  { backupsDir }: Pick<BackupDeps, 'backupsDir'>,
  backupId: string,
  key: string,
): Promise<void> {
  await mkdir(folderOf(backupsDir), { recursive: true, mode: 0o700 })
  await writeAtomically(fileOf(backupsDir, backupId), JSON.stringify({ backupId, key }))
}

export const unmark = (
  { backupsDir }: Pick<BackupDeps, 'backupsDir'>,
  backupId: string,
): Promise<void> => rm(fileOf(backupsDir, backupId), { force: true })

/** Forgets what backups have left in a repository that were cut short by the death of the agent. */
export async function forgetUnfinished(
  deps: Pick<BackupDeps, 'backupsDir' | 'underWay' | 'repositoryTurns'>,
  access: Access,
  signal: AbortSignal,
): Promise<void> {
  for (const backupId of await unfinishedIn(deps, access.key)) {
    const found = await findSnapshots(access, { tag: tagOf(backupId) }, signal)
    const ids = found.map(({ id }) => id)
    await deps.repositoryTurns.take(access.key, 'alone', signal, () =>
      forgetByIds(access, ids, signal),
    )
    if (ids.length > 0) log('backup.unfinished-forgotten', { backupId, snapshots: ids.length })
    await unmark(deps, backupId)
  }
}

/**
 * Takes away the locks of restics that were killed, with the agent or with the server: restic itself says
 * which those are, and removes none unasked. One of a removal would keep every backup from being made.
 */
export async function dropDeadLocks(access: Access, signal: AbortSignal): Promise<void> {
  const isFree =
    access.folder !== undefined &&
    (await readdir(join(access.folder, 'locks')).catch(() => [])).length === 0
  if (!isFree) await runRestic(access, ['unlock'], signal)
}

/** Their content stays until the next removal. */
export async function forgetByIds(
  access: Access,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return
  await dropDeadLocks(access, signal)
  const end = await runRestic(access, ['forget', ...ids], signal)
  if (end.exitCode !== 0) throw resticFailure(access, end)
}

async function unfinishedIn(
  { backupsDir, underWay }: Pick<BackupDeps, 'backupsDir' | 'underWay'>,
  key: string,
): Promise<string[]> {
  const names = await readdir(folderOf(backupsDir)).catch(() => [])
  const marks = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) =>
        Mark.safeParse(JSON.parse(await readFile(join(folderOf(backupsDir), name), 'utf8'))),
      ),
  )
  return marks
    .flatMap(({ data }) => (data?.key === key ? [data.backupId] : []))
    .filter((backupId) => !underWay.has(backupId))
}
