import { createHash } from 'node:crypto'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import type { z } from 'zod'
import { CodedError } from '@vastrox/shared/errors.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { openLocal } from '#agent/backups/locations/local.ts'
import { withPrivateFolder } from '#agent/backups/private-folder.ts'
import { type Access, RESTIC } from '#agent/backups/run-restic.ts'

export type OpenRepository = z.output<typeof Repository>

/** What a place of repositories needs so that restic reaches it, and nothing but it. */
export interface Opened {
  /** As restic takes it, by its env. */
  repository: string
  options: readonly string[]
  env: Readonly<Record<string, string>>
  shownAs: string
  /** Of local ones. */
  folder?: string
  close(): Promise<void>
}

/**
 * Does some work with a repository that restic can reach: its address judged and pinned, its secrets in
 * files that root alone reads, for as long as the work takes. Throws DESTINATION_REFUSED for a place that
 * is not allowed.
 */
export async function withRepository<Result>(
  deps: BackupDeps,
  { location, password, uploadLimitKib }: OpenRepository,
  work: (access: Access) => Promise<Result>,
): Promise<Result> {
  return withPrivateFolder(deps.backupsDir, async (folder) => {
    const opened = await openLocation(deps, location)
    try {
      const caches = join(deps.backupsDir, 'cache')
      const tmp = join(deps.backupsDir, 'tmp')
      await mkdir(tmp, { recursive: true, mode: 0o700 })
      return await work({
        instance: deps.instance,
        program: deps.restic ?? RESTIC,
        options: [
          ...(opened.folder === undefined
            ? ['--cache-dir', caches, '--cleanup-cache']
            : ['--no-cache']),
          ...(uploadLimitKib === null ? [] : ['--limit-upload', String(uploadLimitKib)]),
          ...opened.options,
        ],
        env: {
          ...opened.env,
          RESTIC_REPOSITORY: opened.repository,
          RESTIC_PASSWORD_FILE: await folder.write('password', password),
          TMPDIR: tmp,
        },
        shownAs: opened.shownAs,
        key: createHash('sha256').update(opened.repository).digest('hex').slice(0, 32),
        folder: opened.folder,
      })
    } finally {
      await opened.close()
    }
  })
}

function openLocation(deps: BackupDeps, location: OpenRepository['location']): Promise<Opened> {
  if (location.type === 'local') return openLocal(deps, location)
  throw new CodedError('DESTINATION_REFUSED')
}
