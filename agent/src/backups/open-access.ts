import { createHash } from 'node:crypto'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import type { z } from 'zod'
import { CodedError } from '@vastrox/shared/errors.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { boundCache } from '#agent/backups/bound-cache.ts'
import { openLocal } from '#agent/backups/locations/local.ts'
import type { Opened } from '#agent/backups/locations/opened.ts'
import { openS3 } from '#agent/backups/locations/s3.ts'
import { openSftp } from '#agent/backups/locations/sftp.ts'
import { type PrivateFolder, withPrivateFolder } from '#agent/backups/private-folder.ts'
import { type Access, RESTIC } from '#agent/backups/run-restic.ts'

export type OpenRepository = z.output<typeof Repository>

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
    const opened = await openLocation(deps, location, folder)
    try {
      const caches = join(deps.backupsDir, 'cache')
      const tmp = join(deps.backupsDir, 'tmp')
      await mkdir(tmp, { recursive: true, mode: 0o700 })
      return await work({
        instance: deps.instance,
        isBehindOthers: deps.isBehindOthers,
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
        key: createHash('sha256').update(placeOf(location)).digest('hex').slice(0, 32),
        folder: opened.folder,
      })
    } catch (error) {
      throw await explained(opened, error)
    } finally {
      await opened.close()
      if (opened.folder === undefined) await boundCache(join(deps.backupsDir, 'cache'))
    }
  })
}

async function explained({ shownAs, complaint }: Opened, error: unknown): Promise<unknown> {
  if (!(error instanceof CodedError) || error.code !== 'DESTINATION_UNREACHABLE') return error
  const why = await complaint?.()
  return why === undefined || why === ''
    ? error
    : new CodedError(
        error.code,
        { ...error.details, reason: `${shownAs}: ${why}` },
        { cause: error },
      )
}

/** The same words for the same repository. */
function placeOf(location: OpenRepository['location']): string {
  switch (location.type) {
    case 'local':
      return JSON.stringify(['local', location.rootId, location.folder])
    case 'sftp':
      return JSON.stringify(['sftp', location.host, location.port, location.path])
    case 's3':
    default:
      return JSON.stringify(['s3', location.endpoint, location.bucket, location.prefix])
  }
}

function openLocation(
  deps: BackupDeps,
  location: OpenRepository['location'],
  folder: PrivateFolder,
): Promise<Opened> {
  switch (location.type) {
    case 'local':
      return openLocal(deps, location)
    case 'sftp':
      return openSftp(deps, location, folder)
    case 's3':
    default:
      return openS3(deps, location, folder)
  }
}
