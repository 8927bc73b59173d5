interface Options {
  max: number
  windowMs: number
  now: () => Date
}

/** Callers are counted until then; when more come, the oldest are forgotten. */
const MAX_CALLERS = 20_000

/** A fixed window for each caller. `take` gives the seconds to wait, or 0 where there is none. */
export function createRateLimiter({ max, windowMs, now }: Options) {
  const windows = new Map<string, { from: number; count: number }>()

  return {
    take(caller: string): number {
      const at = now().getTime()
      const known = windows.get(caller)
      if (known && at - known.from < windowMs) {
        known.count += 1
        return known.count > max ? Math.ceil((known.from + windowMs - at) / 1_000) : 0
      }
      windows.delete(caller)
      windows.set(caller, { from: at, count: 1 })
      const oldest = windows.size > MAX_CALLERS ? windows.keys().next().value : undefined
      if (oldest !== undefined) windows.delete(oldest)
      return 0
    },
  }
}
