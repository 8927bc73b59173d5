import { isWithin } from '#lib/is-within.ts'

interface Clock {
  now(): Date
}

const MAX_REMEMBERED = 1_000

/** True for what was not asked about for that long: so that what repeats is written down once. */
export function createOncePer(clock: Clock, ms: number): (what: string) => boolean {
  const seen = new Map<string, number>()
  return (what) => {
    const now = clock.now().getTime()
    if (isWithin(seen.get(what) ?? Number.NEGATIVE_INFINITY, now, ms)) return false
    // The oldest make room: whoever invents names cannot make the log forget what it saw last.
    seen.delete(what)
    for (const oldest of seen.keys()) {
      if (seen.size < MAX_REMEMBERED) break
      seen.delete(oldest)
    }
    seen.set(what, now)
    return true
  }
}
