import { createHash } from 'node:crypto'
import type { RestoreTarget } from '@vastrox/shared/agent-api-backups.ts'
import type { Restored, Restoring } from '#agent/backups/restored.ts'
import { inSnapshot, topOf } from '#agent/backups/restore-volume.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import type { FoundSnapshot } from '#agent/backups/restic-output.ts'
import { startRestic } from '#agent/backups/run-restic.ts'

type Read = Extract<RestoreTarget, { type: 'caller' | 'nobody' }>

/** In one event; a line of the reply is a megabyte at most. */
const CHUNK_BYTES = 256 * 2 ** 10

/** One file, or a folder as a tar, as the events of the reply; to nobody: read again, and no more. */
export async function restoreToCaller(
  { type, path, asTar }: Read,
  restoring: Restoring,
): Promise<Restored> {
  const { emit } = restoring
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of dumpOf(restoring, pathOf(restoring.snapshot, path), asTar)) {
    hash.update(chunk)
    sizeBytes += chunk.length
    if (type === 'nobody') continue
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES)
      await emit({ type: 'data', base64: chunk.toString('base64', at, at + CHUNK_BYTES) })
  }
  return { sizeBytes, files: 1, sha256: hash.digest('hex'), output: '' }
}

/** What is one file in a snapshot of a stream lies in its root; what is of a volume, beneath its folder. */
export const pathOf = (snapshot: FoundSnapshot, path: string): string => {
  const top = topOf(snapshot)
  return path === top && snapshot.paths[0] === `/${top}` ? `/${top}` : inSnapshot(top, path)
}

/** The bytes as restic gives them; throws at their end where it could not give all of them. */
export async function* dumpOf(
  { access, snapshot, signal }: Pick<Restoring, 'access' | 'snapshot' | 'signal'>,
  path: string,
  asTar: boolean,
): AsyncGenerator<Buffer, void, undefined> {
  const args = ['--no-lock', 'dump', ...(asTar ? ['--archive', 'tar'] : []), snapshot.id, path]
  const running = startRestic(access, args, { signal })
  try {
    for await (const chunk of running.stdout) yield chunk
    const end = await running.ended
    if (end.exitCode !== 0) throw resticFailure(access, end, 'RESTORE_FAILED')
  } finally {
    await running.stop()
  }
}
