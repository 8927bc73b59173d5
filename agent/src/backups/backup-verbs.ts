import {
  BACKUP_STREAMS,
  BACKUP_VERBS,
  type BackupStream,
  type BackupVerb,
} from '@vastrox/shared/agent-api-backups.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { type BoundStream, type BoundVerb, stream, verb } from '#agent/server/bind.ts'

const repositories = () => import('#agent/backups/repository-verbs.ts')

/** Each of them loads what it needs, and no more. */
export const backupVerbs = (deps: BackupDeps): Record<BackupVerb, BoundVerb> => ({
  'open-repository': verb(BACKUP_VERBS['open-repository'], async ({ repository }) =>
    (await repositories()).openRepository(deps, repository),
  ),
  'list-snapshots': verb(BACKUP_VERBS['list-snapshots'], async (input) =>
    (await repositories()).listSnapshots(deps, input),
  ),
  'list-snapshot-files': verb(BACKUP_VERBS['list-snapshot-files'], async (input) =>
    (await repositories()).listSnapshotFiles(deps, input),
  ),
  'measure-repository': verb(BACKUP_VERBS['measure-repository'], async ({ repository }) =>
    (await repositories()).measureRepository(deps, repository),
  ),
  'list-backup-roots': verb(BACKUP_VERBS['list-backup-roots'], async () =>
    (await repositories()).listBackupRoots(deps),
  ),
})

export const backupStreams = (deps: BackupDeps): Record<BackupStream, BoundStream> => ({
  'back-up': stream(BACKUP_STREAMS['back-up'], async (spec, call) => {
    const { backUp } = await import('#agent/backups/back-up.ts')
    await backUp(deps, spec, call)
  }),
  'restore-snapshot': stream(BACKUP_STREAMS['restore-snapshot'], async (spec, call) => {
    const { restore } = await import('#agent/backups/restore.ts')
    await restore(deps, spec, call)
  }),
  'import-content': stream(BACKUP_STREAMS['import-content'], async (spec, call) => {
    const { importContent } = await import('#agent/backups/import-content.ts')
    await importContent(deps, spec, call)
  }),
  'check-repository': stream(BACKUP_STREAMS['check-repository'], async (spec, call) => {
    const { checkRepository } = await import('#agent/backups/check-repository.ts')
    await checkRepository(deps, spec, call)
  }),
  'forget-snapshots': stream(BACKUP_STREAMS['forget-snapshots'], async (spec, call) => {
    const { forgetSnapshots } = await import('#agent/backups/forget-snapshots.ts')
    await forgetSnapshots(deps, spec, call)
  }),
})
