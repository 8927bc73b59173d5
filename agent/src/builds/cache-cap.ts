import type { CacheDeps } from '#agent/builds/build-cache.ts'
import { log } from '#agent/node/log.ts'

const IDLE_MS = 180_000
/** To see what there is, the engine walks over its disk: not after every build of many. */
const REST_MS = 600_000
const KEEP_BYTES = 10 * 2 ** 30
/** Where the disk is nearly full. */
const KEEP_LEAST_BYTES = 2 ** 28

/**
 * Keeps our build cache from filling the disk: every push leaves some, and 20.10 never drops any by
 * itself (15 GB after two hours of pushes). What was used longest ago goes first, by its id; what
 * others have built stays. Runs when no build has begun for three minutes, so that it never stands in one's way.
 */
export function createCacheCap(
  deps: CacheDeps,
  { idleMs = IDLE_MS, restMs = REST_MS, now = () => performance.now() } = {},
) {
  let timer: NodeJS.Timeout | undefined
  let cappedAt = Number.NEGATIVE_INFINITY

  const cap = async (keepBytes: number): Promise<void> => {
    cappedAt = now()
    try {
      const { capBuildCache } = await import('#agent/builds/build-cache.ts')
      await capBuildCache(deps, keepBytes)
    } catch (error) {
      // The next build's end tries again.
      log('cache.not-capped', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  return {
    /** Gives up nearly all of it, for the space. */
    shrink: (): Promise<void> => cap(KEEP_LEAST_BYTES),

    buildBegins: (): void => clearTimeout(timer),

    buildEnded(): void {
      clearTimeout(timer)
      const waitMs = Math.max(idleMs, cappedAt + restMs - now())
      timer = setTimeout(() => void cap(KEEP_BYTES), waitMs).unref()
    },
  }
}
export type CacheCap = ReturnType<typeof createCacheCap>
