/** Counts events within a sliding window, remembering no more of them than are allowed in it. */
export function createFloodGauge(allowed: number, windowMs: number) {
  let times: number[] = []

  function forget(now: number): void {
    let old = 0
    while (old < times.length && now - (times[old] ?? now) > windowMs) old += 1
    if (old > 0) times = times.slice(old)
  }

  return {
    /** True when it is one too many. */
    note(now: number): boolean {
      forget(now)
      if (times.length >= allowed) return true
      times.push(now)
      return false
    },
    within(now: number): number {
      forget(now)
      return times.length
    },
  }
}
export type FloodGauge = ReturnType<typeof createFloodGauge>
