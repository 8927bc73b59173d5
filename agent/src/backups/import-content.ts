import { stat } from 'node:fs/promises'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ImportContent, RestoreSnapshotEvent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import type { Restored } from '#agent/backups/restored.ts'
import { intoTool } from '#agent/backups/restore-addon.ts'
import { intoVolume } from '#agent/backups/restore-volume.ts'
import { unpackTar } from '#agent/backups/unpack-tar.ts'
import { folderOf } from '#agent/volumes/volume-folders.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** Somebody's own content, by the code that puts backups back: whole, or nothing of it. */
export async function importContent(
  deps: BackupDeps,
  { target, packed, timeoutMs }: z.output<typeof ImportContent>,
  { emit, body, signal: gone }: StreamCall<RestoreSnapshotEvent>,
): Promise<void> {
  const startedAt = performance.now()
  await withTimeLimit(timeoutMs, gone, 'BACKUP_TIMED_OUT', async (signal) => {
    const content = unpacked(body, packed, signal)
    const take = async (): Promise<Restored> => {
      if (target.type === 'addon') return intoTool(deps, target, await content, { signal, emit })
      return intoVolume(deps, target, async (folder) => {
        const owner = await ownerOf(deps, target.volumeId)
        await unpackTar(await content, folder, { owner, signal, emit })
        return folder
      })
    }
    const restored = await take()
    await emit({ type: 'done', ...restored, durationMs: Math.round(performance.now() - startedAt) })
  })
}

/** Of a volume that is there and belongs to an app's user: whoever made the tar has other numbers. */
async function ownerOf(
  { volumesDir }: BackupDeps,
  volumeId: string,
): Promise<{ uid: number; gid: number } | undefined> {
  const found = await stat(folderOf(volumesDir, volumeId)).catch(() => undefined)
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid }
}

/** Its end comes only where all of it was whole: a gzip that breaks off, or is followed by something, is an error. */
async function unpacked(
  body: Readable,
  packed: 'none' | 'gzip',
  signal: AbortSignal,
): Promise<Readable> {
  if (packed === 'none') return body
  // Seldom needed, and not by the agent otherwise.
  const { createGunzip } = await import('node:zlib')
  const plain = new PassThrough()
  pipeline(body, createGunzip(), plain, { signal }).catch((cause: unknown) => {
    const isGzip = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')
    plain.destroy(
      isGzip
        ? new CodedError(
            'IMPORT_REFUSED',
            { reason: 'The gzip is damaged, or breaks off.' },
            { cause },
          )
        : cause instanceof Error
          ? cause
          : new Error(String(cause)),
    )
  })
  return plain
}
