import { lstat } from 'node:fs/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { readLines } from '#agent/backups/read-lines.ts'
import type { Restoring } from '#agent/backups/restored.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import { isAtLeast, resticVersion } from '#agent/backups/restic-version.ts'
import { saysFull, startRestic } from '#agent/backups/run-restic.ts'
import { walkFiles } from '#agent/backups/walk-files.ts'

const PROGRESS_EVERY_MS = 1_000
/** Together they must fit into what a program is started with. */
const MAX_PATHS_BYTES = 512 * 2 ** 10
/** Smaller ones have no holes worth a look. */
const HOLES_FROM_BYTES = 2 ** 20
const DIG_MS = 3_600_000
const NANOS = 1_000_000_000n

const Status = z.object({
  message_type: z.literal('status'),
  bytes_restored: z.number().default(0),
  total_bytes: z.number().optional(),
  files_restored: z.number().default(0),
})

/**
 * Files of a snapshot into a directory of ours, with owners, times, attributes, hard links and holes.
 * `paths` as they stand in the snapshot; null: all. `isVerified`: each is read again and compared.
 */
export async function restoreFiles(
  { access, snapshot, signal, emit }: Restoring,
  {
    into,
    paths,
    isVerified = false,
  }: { into: string; paths: readonly string[] | null; isVerified?: boolean },
): Promise<void> {
  const version = await resticVersion(access.program)
  const canDig = isAtLeast(version, 15)
  const args = [
    '--no-lock',
    'restore',
    snapshot.id,
    '--target',
    into,
    ...(canDig ? ['--sparse'] : []),
    ...(isVerified ? ['--verify'] : []),
    ...(isAtLeast(version, 16) ? ['--json'] : []),
    ...patternsOf(paths).flatMap((pattern) => ['--include', pattern]),
  ]
  const running = startRestic(access, args, { signal })
  let saidAt = 0
  for await (const line of readLines(running.stdout)) {
    const status = statusIn(line)
    if (status === undefined || performance.now() - saidAt < PROGRESS_EVERY_MS) continue
    saidAt = performance.now()
    await emit({
      type: 'progress',
      bytesDone: status.bytes_restored,
      bytesTotal: status.total_bytes ?? null,
      filesDone: status.files_restored,
    })
  }
  const end = await running.ended
  // What is full is this server, not the destination, which is only read.
  if (end.exitCode !== 0 && saysFull(end.stderr)) throw new CodedError('DISK_FULL')
  if (end.exitCode !== 0) throw resticFailure(access, end, 'RESTORE_FAILED')
  if (!canDig) await digHoles(into, signal)
}

/** Each path by its letters: what restic takes for a pattern is taken away from it. */
function patternsOf(paths: readonly string[] | null): string[] {
  if (paths === null) return []
  const patterns = paths.map((path) => path.replace(/[\\*?[\]]/g, '\\$&'))
  if (patterns.reduce((sum, pattern) => sum + pattern.length + 20, 0) > MAX_PATHS_BYTES)
    throw new CodedError('REQUEST_TOO_LARGE', { reason: 'These are too many paths at once.' })
  return patterns
}

function statusIn(line: string): z.output<typeof Status> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return Status.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** restic before 0.15 writes the zeros of holes out. */
async function digHoles(folder: string, signal: AbortSignal): Promise<void> {
  for await (const { path, stat } of walkFiles(folder)) {
    signal.throwIfAborted()
    if (!stat.isFile() || stat.size < HOLES_FROM_BYTES) continue
    const { mtimeNs } = await lstat(path, { bigint: true })
    const options = { env: { LC_ALL: 'C.UTF-8' }, timeoutMs: DIG_MS, signal }
    const result = await run('/usr/bin/fallocate', ['--dig-holes', '--', path], options)
    // A file system without holes: it is as it would be by hand.
    if (result.exitCode !== 0) return
    // To the nanosecond, which Node cannot set.
    const time = `@${mtimeNs / NANOS}.${String(mtimeNs % NANOS).padStart(9, '0')}`
    await run('/usr/bin/touch', ['--date', time, '--', path], options)
  }
}
