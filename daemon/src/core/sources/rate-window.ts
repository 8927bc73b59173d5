import type { Clock } from '#ports/clock.ts'

const MAX_KEYS = 10_000

/** So many of each key in a minute; gives the seconds to wait, 0 where there is room. */
export function createRateWindow(
  clock: Clock,
  { max, windowMs }: { max: number; windowMs: number },
) {
  const taken = new Map<string, number[]>()

  return (key: string): number => {
    const now = clock.now().getTime()
    const times = (taken.get(key) ?? []).filter((at) => at > now - windowMs)
    const [oldest] = times
    const isFull = times.length >= max && oldest !== undefined
    if (!isFull) times.push(now)
    taken.delete(key)
    taken.set(key, times)
    const [first] = taken.keys()
    if (taken.size > MAX_KEYS && first !== undefined) taken.delete(first)
    return isFull ? Math.ceil((oldest + windowMs - now) / 1_000) : 0
  }
}
