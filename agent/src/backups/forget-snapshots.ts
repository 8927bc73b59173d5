import type { BACKUP_STREAMS } from '@vastrox/shared/agent-api-backups.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import { run } from '@vastrox/shared/node/run.ts'
import type { z } from 'zod'
import { findSnapshots, runRestic } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { withRepository } from '#agent/backups/open-access.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import type { Access } from '#agent/backups/run-restic.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'
import { dropDeadLocks, forgetByIds } from '#agent/backups/unfinished.ts'
import type { StreamCall } from '#agent/server/bind.ts'

type Forget = (typeof BACKUP_STREAMS)['forget-snapshots']

const DU_MS = 300_000

/**
 * Removes snapshots by their ids and nothing by any rule (rule B6), and frees what no other needs. What a
 * removal that was cut short has left is freed by the next one.
 */
export async function forgetSnapshots(
  deps: BackupDeps,
  { repository, snapshotIds, timeoutMs }: z.output<Forget['input']>,
  { emit, signal: gone }: StreamCall<z.input<Forget['event']>>,
): Promise<void> {
  await withTimeLimit(timeoutMs, gone, 'BACKUP_TIMED_OUT', (signal) =>
    withRepository(deps, repository, (access) =>
      deps.repositoryTurns.take(access.key, 'alone', signal, async () => {
        const wanted = new Set(snapshotIds)
        const found = await findSnapshots(access, {}, signal)
        const ids = found.map(({ id }) => id).filter((id) => wanted.has(id))
        const before = await sizeOf(access)
        await forgetByIds(access, ids, signal)
        crashPoint('agent.backup-forgotten')
        await emit({ type: 'progress', bytesDone: 0, bytesTotal: null, filesDone: ids.length })
        await dropDeadLocks(access, signal)
        const end = await runRestic(access, ['prune'], signal)
        if (end.exitCode !== 0) throw resticFailure(access, end)
        const after = await sizeOf(access)
        const freedBytes =
          before === undefined || after === undefined
            ? freedIn(end.stdout)
            : Math.max(0, before - after)
        await emit({ type: 'done', freedBytes })
      }),
    ),
  )
}

async function sizeOf({ folder }: Access): Promise<number | undefined> {
  if (folder === undefined) return undefined
  const result = await run('/usr/bin/du', ['-s', '-B1', '--', folder], {
    env: { LC_ALL: 'C.UTF-8' },
    timeoutMs: DU_MS,
  }).catch(() => undefined)
  const found = /^\d+/.exec(result?.stdout.toString() ?? '')?.[0]
  return found === undefined ? undefined : Number(found)
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** `total prune: 12 blobs / 3.500 MiB`, as prune says it for people; null where it does not. */
export function freedIn(stdout: string): number | null {
  const [, amount, unit = ''] =
    /^total prune:\s+\d+ blobs \/ ([\d.]+) (B|[KMGT]iB)/m.exec(stdout) ?? []
  return amount === undefined ? null : Math.round(Number(amount) * (UNITS[unit] ?? 1))
}
