import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import type { BoundStream, BoundVerb } from '#agent/server/bind.ts'

const VERBS = [
  'open-repository',
  'list-snapshots',
  'list-snapshot-files',
  'measure-repository',
  'list-backup-roots',
] as const
const STREAMS = [
  'back-up',
  'restore-snapshot',
  'import-content',
  'check-repository',
  'forget-snapshots',
] as const

/** Backups are made seldom: what makes them, its schemas too, is loaded when one is first asked for. */
export const lazyBackupVerbs = (deps: BackupDeps): Record<string, BoundVerb> =>
  Object.fromEntries(
    VERBS.map((name) => [
      name,
      async (raw: unknown) => {
        const { backupVerbs } = await import('#agent/backups/backup-verbs.ts')
        return backupVerbs(deps)[name](raw)
      },
    ]),
  )

export const lazyBackupStreams = (deps: BackupDeps): Record<string, BoundStream> =>
  Object.fromEntries(
    STREAMS.map((name): [string, BoundStream] => [
      name,
      async (raw, call) => {
        const { backupStreams } = await import('#agent/backups/backup-verbs.ts')
        await backupStreams(deps)[name](raw, call)
      },
    ]),
  )
