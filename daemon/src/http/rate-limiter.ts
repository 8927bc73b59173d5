import { isWithin } from '#lib/is-within.ts'

interface Options {
  max: number
  windowMs: number
  now: () => Date
}

/** How it stands for a caller, after this request. */
export interface Quota {
  /** 0 where the request may pass. */
  waitSeconds: number
  remaining: number
  /** Until it begins anew. */
  resetSeconds: number
}

/** Callers are counted until then; when more come, the oldest are forgotten. */
const MAX_CALLERS = 20_000

/** A fixed window for each caller. */
export function createRateLimiter({ max, windowMs, now }: Options) {
  const windows = new Map<string, { from: number; count: number }>()

  function windowOf(caller: string, at: number): { from: number; count: number } {
    const known = windows.get(caller)
    if (known && isWithin(known.from, at, windowMs)) return known
    const begun = { from: at, count: 0 }
    windows.delete(caller)
    windows.set(caller, begun)
    const oldest = windows.size > MAX_CALLERS ? windows.keys().next().value : undefined
    if (oldest !== undefined) windows.delete(oldest)
    return begun
  }

  return {
    take(caller: string): Quota {
      const at = now().getTime()
      const window = windowOf(caller, at)
      window.count += 1
      const resetSeconds = Math.max(1, Math.ceil((window.from + windowMs - at) / 1_000))
      return {
        waitSeconds: window.count > max ? resetSeconds : 0,
        remaining: Math.max(0, max - window.count),
        resetSeconds,
      }
    },
  }
}
export type RateLimiter = ReturnType<typeof createRateLimiter>
