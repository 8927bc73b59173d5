import type { BackUp, BackUpEvent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import type { z } from 'zod'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { backUpBody } from '#agent/backups/content-body.ts'
import { backUpDump } from '#agent/backups/content-dump.ts'
import { backUpVolume } from '#agent/backups/content-volume.ts'
import { type Made, type Making, snapshotOfPaths } from '#agent/backups/make-snapshot.ts'
import { withRepository } from '#agent/backups/open-access.ts'
import { gatherPlatform } from '#agent/backups/platform-content.ts'
import { resticVersion } from '#agent/backups/restic-version.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'
import {
  dropDeadLocks,
  forgetUnfinished,
  markUnfinished,
  tagOf,
  unmark,
} from '#agent/backups/unfinished.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/**
 * Makes one snapshot, or none: until its content is known to be whole a mark on disk says that it is not
 * to be trusted, and whoever comes next forgets it.
 */
export async function backUp(
  deps: BackupDeps,
  spec: z.output<typeof BackUp>,
  { emit, body, signal: gone }: StreamCall<BackUpEvent>,
): Promise<void> {
  const { backupId, host, content } = spec
  if (deps.underWay.has(backupId)) throw new CodedError('BACKUP_UNDER_WAY', { backupId })
  deps.underWay.add(backupId)
  try {
    await withTimeLimit(spec.timeoutMs, gone, 'BACKUP_TIMED_OUT', (signal) =>
      withRepository(deps, spec.repository, async (access) => {
        await forgetUnfinished(deps, access, signal)
        await deps.repositoryTurns.take(access.key, 'shared', signal, async () => {
          await markUnfinished(deps, backupId, access.key)
          crashPoint('agent.backup-marked')
          await dropDeadLocks(access, signal)
          const tags = [...new Set([tagOf(backupId), ...spec.tags])]
          const making: Making = { access, host, tags, signal, onProgress: emit, body }
          const { warnings, ...made } = await make(deps, content, making)
          crashPoint('agent.backup-made')
          await unmark(deps, backupId)
          await emit({
            type: 'done',
            ...made,
            warnings: warnings.slice(0, 50).map((line) => line.slice(0, 300)),
            toolVersion: `restic ${await resticVersion(access.program)}`,
          })
        })
      }),
    )
  } finally {
    deps.underWay.delete(backupId)
  }
}

function make(
  deps: BackupDeps,
  content: z.output<typeof BackUp>['content'],
  making: Making,
): Promise<Made> {
  switch (content.type) {
    case 'addon':
      return backUpDump(deps, content, making)
    case 'volume':
      return backUpVolume(deps, content, making)
    case 'platform':
      return backUpPlatform(deps, content, making)
    case 'body':
    default:
      return backUpBody(content, making)
  }
}

async function backUpPlatform(
  deps: BackupDeps,
  content: Extract<z.output<typeof BackUp>['content'], { type: 'platform' }>,
  making: Making,
): Promise<Made> {
  const gathered = await gatherPlatform(deps, content, making.signal)
  try {
    const { cwd, paths, warnings } = gathered
    const made = await snapshotOfPaths(making, { cwd, paths })
    return { ...made, warnings: [...warnings, ...made.warnings] }
  } finally {
    await gathered.release()
  }
}
