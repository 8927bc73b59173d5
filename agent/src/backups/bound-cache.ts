import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'

const MAX_BYTES = 2 ** 30
const DU_MS = 60_000

/**
 * restic keeps what it has read of the structure of repositories elsewhere. What was used longest ago goes
 * where all of it together has become too much; it is read again when it is needed.
 */
export async function boundCache(folder: string, maxBytes = MAX_BYTES): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const caches = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      // Another call, or a restic, may take it away just now.
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }))
      return { path, mtimeMs, sizeBytes: await sizeOf(path) }
    }),
  )
  let total = caches.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  for (const { path, sizeBytes } of caches.toSorted((one, other) => one.mtimeMs - other.mtimeMs)) {
    if (total <= maxBytes) return
    await rm(path, { recursive: true, force: true })
    total -= sizeBytes
  }
}

async function sizeOf(path: string): Promise<number> {
  const result = await run('/usr/bin/du', ['-s', '-B1', '--', path], {
    env: { LC_ALL: 'C.UTF-8' },
    timeoutMs: DU_MS,
  }).catch(() => undefined)
  return Number(/^\d+/.exec(result?.stdout.toString() ?? '')?.[0] ?? 0)
}
