import { statfs } from 'node:fs/promises'
import type { BACKUP_VERBS } from '@vastrox/shared/agent-api-backups.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { askRestic, findSnapshot, findSnapshots, runRestic } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { listNodes } from '#agent/backups/list-nodes.ts'
import { problemOfRoot } from '#agent/backups/locations/local.ts'
import { type OpenRepository, withRepository } from '#agent/backups/open-access.ts'
import { inSnapshot, topOf } from '#agent/backups/restore-volume.ts'
import { resticFailure, saysMissing } from '#agent/backups/restic-failure.ts'
import { Config } from '#agent/backups/restic-output.ts'
import { readBackupSettings } from '#agent/backups/settings.ts'
import type { Access } from '#agent/backups/run-restic.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'

type Reply<Verb extends keyof typeof BACKUP_VERBS> = z.input<(typeof BACKUP_VERBS)[Verb]['output']>

/** Somebody waits for the answer. */
const ANSWERS_WITHIN_MS = 110_000
const MOST_FILES = 1_000
const DU_MS = 60_000

const Size = z.object({ total_size: z.number() })

/** Makes a repository where there is none; one with another key stays as it is. */
export const openRepository = (
  deps: BackupDeps,
  repository: OpenRepository,
): Promise<Reply<'open-repository'>> =>
  within(deps, repository, async (access, signal) => {
    const read = (): ReturnType<typeof runRestic> =>
      runRestic(access, ['--no-lock', 'cat', 'config'], signal)
    const found = await read()
    if (found.exitCode === 0) return { ...idIn(found.stdout), created: false }
    if (!saysMissing(found)) throw resticFailure(access, found, 'DESTINATION_UNREACHABLE')
    const made = await runRestic(access, ['init'], signal)
    // Another one of ours may have been faster.
    if (made.exitCode !== 0 && !/already (?:exists|initialized)/i.test(made.stderr))
      throw resticFailure(access, made, 'DESTINATION_UNREACHABLE')
    const after = await read()
    if (after.exitCode !== 0) throw resticFailure(access, after, 'DESTINATION_UNREACHABLE')
    return { ...idIn(after.stdout), created: made.exitCode === 0 }
  })

export const listSnapshots = (
  deps: BackupDeps,
  { repository, tag }: { repository: OpenRepository; tag: string | null },
): Promise<Reply<'list-snapshots'>> =>
  within(deps, repository, (access, signal) =>
    deps.repositoryTurns.take(access.key, 'shared', signal, async () => {
      const found = await findSnapshots(access, { tag: tag ?? undefined }, signal)
      return {
        snapshots: found.map(({ id, time, hostname, tags }) => ({
          snapshotId: id,
          time,
          host: hostname,
          tags: tags ?? [],
        })),
      }
    }),
  )

export const listSnapshotFiles = (
  deps: BackupDeps,
  {
    repository,
    snapshotId,
    path,
  }: { repository: OpenRepository; snapshotId: string; path: string },
): Promise<Reply<'list-snapshot-files'>> =>
  within(deps, repository, (access, signal) =>
    deps.repositoryTurns.take(access.key, 'shared', signal, async () => {
      const snapshot = await findSnapshot(access, snapshotId, signal)
      const top = topOf(snapshot)
      const isFile = snapshot.paths[0] === `/${top}`
      const folder = isFile ? '/' : inSnapshot(top, path)
      const start = isFile || top === '' ? '/' : `/${top}/`
      const files: Reply<'list-snapshot-files'>['files'] = []
      for await (const node of listNodes({ access, snapshot, signal }, { path: folder })) {
        // It names the folder itself, too.
        if (node.path === folder || !node.path.startsWith(start)) continue
        if (files.length === MOST_FILES) break
        files.push({
          path: node.path.slice(start.length),
          type: typeOf(node.type),
          sizeBytes: node.size,
          modifiedAt: node.mtime,
        })
      }
      return { files }
    }),
  )

/** Of a local one what lies there; of others what the snapshots need. */
export const measureRepository = (
  deps: BackupDeps,
  repository: OpenRepository,
): Promise<Reply<'measure-repository'>> =>
  within(deps, repository, async (access, signal) => {
    if (access.folder === undefined) {
      const args = ['--no-lock', 'stats', '--json', '--mode', 'raw-data']
      const stdout = await deps.repositoryTurns.take(access.key, 'shared', signal, () =>
        askRestic(access, args, signal),
      )
      return { sizeBytes: Size.parse(JSON.parse(stdout)).total_size, freeBytes: null }
    }
    const result = await run('/usr/bin/du', ['-s', '-B1', '--', access.folder], {
      env: { LC_ALL: 'C.UTF-8' },
      timeoutMs: DU_MS,
    }).catch(() => undefined)
    const found = /^\d+/.exec(result?.stdout.toString() ?? '')?.[0]
    return {
      sizeBytes: found === undefined ? null : Number(found),
      freeBytes: await freeBytesOf(access.folder),
    }
  })

export async function listBackupRoots({
  backupSettingsFile,
  dataDir,
}: Pick<BackupDeps, 'backupSettingsFile' | 'dataDir'>): Promise<Reply<'list-backup-roots'>> {
  const { roots } = await readBackupSettings(backupSettingsFile)
  return {
    roots: await Promise.all(
      roots.map(async ({ rootId, path }) => ({
        rootId,
        path,
        freeBytes:
          (await problemOfRoot(path, dataDir)) === undefined ? await freeBytesOf(path) : null,
      })),
    ),
  }
}

const within = <Result>(
  deps: BackupDeps,
  repository: OpenRepository,
  work: (access: Access, signal: AbortSignal) => Promise<Result>,
): Promise<Result> =>
  withTimeLimit(ANSWERS_WITHIN_MS, undefined, 'DESTINATION_UNREACHABLE', (signal) =>
    withRepository(deps, repository, (access) => work(access, signal)),
  )

const idIn = (stdout: string): { repositoryId: string } => ({
  repositoryId: Config.parse(JSON.parse(stdout)).id,
})

const typeOf = (type: string): 'file' | 'dir' | 'symlink' | 'other' =>
  type === 'file' || type === 'dir' || type === 'symlink' ? type : 'other'

const freeBytesOf = async (path: string): Promise<number | null> => {
  const found = await statfs(path).catch(() => undefined)
  return found === undefined ? null : found.bavail * found.bsize
}
