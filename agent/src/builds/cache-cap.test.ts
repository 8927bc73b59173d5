import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { removeBuildCache } from '#agent/builds/build-cache.ts'
import { createCacheCap } from '#agent/builds/cache-cap.ts'
import type { EngineCall } from '#agent/engine/engine.ts'

const GIB = 2 ** 30
const DAY_MS = 86_400_000

interface Told {
  ID: string
  Size: number
  InUse?: boolean
  Shared?: boolean
  /** Days ago. */
  usedAgo?: number
  isForeign?: boolean
}

/** An engine with this build cache, some of it made by others. */
function setUp(told: readonly Told[]) {
  const asked: string[] = []
  const foreign = Date.parse('2026-01-01T00:00:00Z')
  const made = Date.parse('2026-06-01T00:00:00Z')
  let cache = told.map(({ ID, Size, InUse = false, Shared = false, usedAgo = 0, isForeign }) => ({
    ID,
    Size,
    InUse,
    Shared,
    Description: `RUN ${ID}`,
    CreatedAt: new Date(isForeign ? foreign : made).toISOString(),
    LastUsedAt: new Date(Date.parse('2026-11-26T00:00:00Z') - usedAgo * DAY_MS).toISOString(),
  }))
  const engine = {
    get: async <Schema extends z.ZodType>(path: string, schema: Schema) => {
      asked.push(`GET ${path}`)
      return schema.parse({ BuildCache: cache })
    },
    post: async <Schema extends z.ZodType>(
      path: string,
      schema: Schema,
      { query }: EngineCall = {},
    ) => {
      asked.push(`POST ${path} ${String(query?.['filters'])}`)
      const [only = ''] = JSON.parse(String(query?.['filters'])).id
      const wanted = new RegExp(only.slice(1, -1))
      const gone = cache.filter(({ ID, InUse }) => wanted.test(ID) && !InUse)
      cache = cache.filter((one) => !gone.includes(one))
      return schema.parse({
        CachesDeleted: gone.map(({ ID }) => ID),
        SpaceReclaimed: gone.reduce((sum, { Size }) => sum + Size, 0),
      })
    },
  }
  const buildTimes = { isOurs: (madeAtMs: number) => madeAtMs !== foreign }
  return { deps: { engine, buildTimes }, asked, left: () => cache.map(({ ID }) => ID) }
}

describe('the cap of the build cache', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is kept once, three minutes after the last build, never while builds come', async () => {
    const { deps, asked } = setUp([{ ID: 'aaaaaaaaa', Size: 11 * GIB }])
    const cap = createCacheCap(deps, { now: () => Date.now() })

    cap.buildEnded()
    await vi.advanceTimersByTimeAsync(59_000)
    cap.buildBegins()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(asked).toEqual([])
    cap.buildEnded()
    cap.buildEnded()
    await vi.advanceTimersByTimeAsync(181_000)
    vi.useRealTimers()
    await expect.poll(() => asked).toHaveLength(2)
    expect(asked).toEqual(['GET /system/df', 'POST /build/prune {"id":["/^(aaaaaaaaa)$/"]}'])
  })

  it('gives up what was used longest ago, of ours alone, until it is kept (K7)', async () => {
    vi.useRealTimers()
    const { deps, left } = setUp([
      { ID: 'newest000', Size: 4 * GIB, usedAgo: 0 },
      { ID: 'middle000', Size: 5 * GIB, usedAgo: 2 },
      { ID: 'oldest000', Size: 3 * GIB, usedAgo: 9 },
      { ID: 'busy00000', Size: 1 * GIB, usedAgo: 20, InUse: true },
      { ID: 'foreign00', Size: 90 * GIB, usedAgo: 99, isForeign: true },
      { ID: 'ofimage00', Size: 90 * GIB, usedAgo: 99, Shared: true },
    ])

    await createCacheCap(deps).shrink()
    expect(left()).toEqual(['busy00000', 'foreign00', 'ofimage00'])
  })

  it('never rejects: the next build tries again', async () => {
    vi.useRealTimers()
    const engine = {
      get: async () => {
        throw new Error('the engine is away')
      },
      post: async () => {
        throw new Error('the engine is away')
      },
    }
    await expect(
      createCacheCap({ engine, buildTimes: { isOurs: () => true } }).shrink(),
    ).resolves.toBeUndefined()
  })
})

describe('removing build cache by id', () => {
  it('takes what was named, and neither what others made nor what is in use', async () => {
    const { deps, left, asked } = setUp([
      { ID: 'named0000', Size: 10 },
      { ID: 'another00', Size: 10 },
      { ID: 'busy00000', Size: 10, InUse: true },
      { ID: 'foreign00', Size: 10, isForeign: true },
    ])

    const ids = ['named0000', 'busy00000', 'foreign00', 'notthere0']
    expect(await removeBuildCache(deps, { ids })).toEqual({
      removed: ['named0000'],
      freedBytes: 10,
    })
    expect(left()).toEqual(['another00', 'busy00000', 'foreign00'])
    expect(asked.at(-1)).toBe('POST /build/prune {"id":["/^(named0000)$/"]}')
    expect(await removeBuildCache(deps, { ids: [] })).toEqual({ removed: [], freedBytes: 0 })
  })
})
