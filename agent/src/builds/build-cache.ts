import { z } from 'zod'
import type { BuildTimes } from '#agent/builds/build-times.ts'
import { type EngineUse, readEngineUse } from '#agent/disk/engine-use.ts'
import type { Engine } from '#agent/engine/engine.ts'

const REMOVE_TIMEOUT_MS = 300_000
/** So many ids are given to the engine at once. */
const AT_ONCE = 200

export interface CacheDeps {
  engine: Pick<Engine, 'get' | 'post'>
  buildTimes: Pick<BuildTimes, 'isOurs'>
}

export interface CacheRecord {
  id: string
  sizeBytes: number
  description: string
  createdAt: string | null
  lastUsedAt: string | null
}

const Pruned = z.object({
  CachesDeleted: z.array(z.string()).nullish(),
  SpaceReclaimed: z.number().nullish(),
})

/** Ours by when it was made; what an image holds as well takes nothing, and goes by itself with it. */
export function sortCache(
  { cache }: Pick<EngineUse, 'cache'>,
  { isOurs }: CacheDeps['buildTimes'],
) {
  const records: CacheRecord[] = []
  let oursBytes = 0
  let othersBytes = 0
  for (const { ID, Description, InUse, Shared, Size, CreatedAt, LastUsedAt } of cache) {
    if (Shared) continue
    if (!isOurs(Date.parse(CreatedAt ?? ''))) {
      othersBytes += Size
      continue
    }
    oursBytes += Size
    if (InUse) continue
    records.push({
      id: ID,
      sizeBytes: Size,
      description: (Description ?? '').slice(0, 300),
      createdAt: instant(CreatedAt),
      lastUsedAt: instant(LastUsedAt),
    })
  }
  return { records, oursBytes, othersBytes }
}

/**
 * By id, each of them, and only what is ours and in no use: never a sweep (rule B10). A record that
 * others stand on stays until those are gone.
 */
export async function removeBuildCache(
  deps: CacheDeps,
  { ids }: { ids: readonly string[] },
): Promise<{ removed: string[]; freedBytes: number }> {
  if (ids.length === 0) return { removed: [], freedBytes: 0 }
  const { records } = sortCache(await readEngineUse(deps.engine), deps.buildTimes)
  return removeRecords(deps, new Set(ids), records)
}

/** Gives up what was used longest ago until no more than `keepBytes` of ours is left. */
export async function capBuildCache(deps: CacheDeps, keepBytes: number): Promise<void> {
  const { records, oursBytes } = sortCache(await readEngineUse(deps.engine), deps.buildTimes)
  const gone = new Set<string>()
  let left = oursBytes
  for (const { id, sizeBytes } of records.toSorted(byLastUse)) {
    if (left <= keepBytes) break
    gone.add(id)
    left -= sizeBytes
  }
  await removeRecords(deps, gone, records)
}

async function removeRecords(
  { engine }: Pick<CacheDeps, 'engine'>,
  wanted: ReadonlySet<string>,
  records: readonly CacheRecord[],
): Promise<{ removed: string[]; freedBytes: number }> {
  const ids = records.map(({ id }) => id).filter((id) => wanted.has(id))
  const removed: string[] = []
  let freedBytes = 0
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE)
    const done = await engine.post('/build/prune', Pruned, {
      query: { all: true, filters: JSON.stringify({ id: [`/^(${some.join('|')})$/`] }) },
      timeoutMs: REMOVE_TIMEOUT_MS,
    })
    removed.push(...(done.CachesDeleted ?? []))
    freedBytes += done.SpaceReclaimed ?? 0
  }
  return { removed, freedBytes }
}

const byLastUse = (one: CacheRecord, other: CacheRecord): number => usedAt(one) - usedAt(other)
const usedAt = ({ lastUsedAt, createdAt }: CacheRecord): number =>
  Date.parse(lastUsedAt ?? createdAt ?? '') || 0

function instant(text: string | null | undefined): string | null {
  const ms = Date.parse(text ?? '')
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}
