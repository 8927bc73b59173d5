import type { Engine } from '#agent/engine/engine.ts'
import { log } from '#agent/node/log.ts'

const IDLE_MS = 60_000
const KEEP_BYTES = 10 * 2 ** 30
/** Where the disk is nearly full. */
const KEEP_LEAST_BYTES = 2 ** 28
const PRUNE_TIMEOUT_MS = 300_000

/**
 * Keeps the engine's build cache from filling the disk: every push leaves some, and 20.10 never
 * drops any by itself (15 GB after two hours of pushes). What was used longest ago goes first. Runs
 * when no build has begun for a minute, so that it never stands in one's way.
 */
export function createCacheCap(engine: Pick<Engine, 'act'>, idleMs = IDLE_MS) {
  let timer: NodeJS.Timeout | undefined

  const prune = async (keepBytes: number): Promise<void> => {
    try {
      await engine.act('POST', '/build/prune', {
        query: { 'keep-storage': keepBytes },
        timeoutMs: PRUNE_TIMEOUT_MS,
      })
    } catch (error) {
      // The next build's end tries again.
      log('cache.not-capped', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  return {
    /** Gives up nearly all of it, for the space. */
    shrink: (): Promise<void> => prune(KEEP_LEAST_BYTES),

    buildBegins: (): void => clearTimeout(timer),

    buildEnded(): void {
      clearTimeout(timer)
      timer = setTimeout(() => void prune(KEEP_BYTES), idleMs).unref()
    },
  }
}
export type CacheCap = ReturnType<typeof createCacheCap>
