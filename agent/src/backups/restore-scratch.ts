import { lstat, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RestoreTarget } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { askRestic } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { listNodes, type SnapshotNode } from '#agent/backups/list-nodes.ts'
import type { Restored, Restoring } from '#agent/backups/restored.ts'
import { restoreFiles } from '#agent/backups/restore-files.ts'
import { countFiles } from '#agent/backups/walk-files.ts'

type ToScratch = Extract<RestoreTarget, { type: 'scratch' }>

const Size = z.object({ total_size: z.number() })

export const scratchOf = (backupsDir: string): string => join(backupsDir, 'scratch')

/**
 * A drill of files: everything is fetched, each file read again and compared with what the snapshot says,
 * content by restic and the rest by us, and then it goes. Throws RESTORE_DIFFERS.
 */
export async function restoreToScratch(
  { backupsDir }: BackupDeps,
  { maxBytes }: ToScratch,
  restoring: Restoring,
): Promise<Restored> {
  const { access, snapshot, signal } = restoring
  const args = ['--no-lock', 'stats', '--json', '--mode', 'restore-size', snapshot.id]
  const { total_size } = Size.parse(JSON.parse(await askRestic(access, args, signal)))
  if (total_size > maxBytes)
    throw new CodedError('RESTORE_TOO_LARGE', {
      reason: `It has ${total_size} bytes, and ${maxBytes} may be used for this.`,
    })
  await mkdir(scratchOf(backupsDir), { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(scratchOf(backupsDir), 'drill-'))
  try {
    await restoreFiles(restoring, { into: folder, paths: null, isVerified: true })
    for await (const node of listNodes(restoring, { isDeep: true })) {
      const problem = await differenceOf(node, join(folder, node.path))
      if (problem !== undefined)
        throw new CodedError('RESTORE_DIFFERS', { reason: `${node.path}: ${problem}.` })
    }
    return { ...(await countFiles(folder)), sha256: null, output: '' }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In words; undefined where a restored file is what the snapshot says. */
async function differenceOf(node: SnapshotNode, path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return 'it is missing'
  const isType =
    (node.type === 'file' && found.isFile()) ||
    (node.type === 'dir' && found.isDirectory()) ||
    (node.type === 'symlink' && found.isSymbolicLink()) ||
    !['file', 'dir', 'symlink'].includes(node.type)
  if (!isType) return `it is no ${node.type}`
  if (node.type === 'file' && found.size !== node.size)
    return `it has ${found.size} bytes, not ${node.size}`
  if (found.uid !== node.uid || found.gid !== node.gid) return 'it belongs to somebody else'
  return undefined
}
