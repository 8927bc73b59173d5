interface Bucket {
  left: number
  atMs: number
  isDropping: boolean
}

/** What comes at once is kept at once: so many seconds' worth of lines. */
const BURST_SECONDS = 10
/** Apps whose allowance is remembered; those known longest are forgotten first, and begin with a burst. */
const MAX_APPS = 1_000

/**
 * So many lines a second of each app, whichever of its instances print them, and a burst. Whoever has used
 * it up waits until there is a second's worth again: one gap a second is told, not one at each line.
 */
export function createLineLimit(now: () => number = () => performance.now()) {
  const buckets = new Map<string, Bucket>()

  /** Whether one more line is kept. */
  return function take(appId: string, linesPerSecond: number): boolean {
    const most = linesPerSecond * BURST_SECONDS
    const at = now()
    const bucket = buckets.get(appId) ?? { left: most, atMs: at, isDropping: false }
    if (!buckets.has(appId)) {
      buckets.set(appId, bucket)
      const [oldest] = buckets.keys()
      if (buckets.size > MAX_APPS && oldest !== undefined) buckets.delete(oldest)
    }
    bucket.left = Math.min(most, bucket.left + ((at - bucket.atMs) / 1_000) * linesPerSecond)
    bucket.atMs = at
    if (bucket.isDropping && bucket.left >= linesPerSecond) bucket.isDropping = false
    if (bucket.isDropping || bucket.left < 1) {
      bucket.isDropping = true
      return false
    }
    bucket.left -= 1
    return true
  }
}
export type LineLimit = ReturnType<typeof createLineLimit>
