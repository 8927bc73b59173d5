import { addTime, NO_TIMES, type Times, takeTimes, timeCounts, timeOf } from './edge-histogram.ts'

/** What visitors met is counted in quarters of a minute by the clock. Apart from the schemas: the proxy loads no zod. */
export const EDGE_SLOT_MS = 15_000

/** The histogram of daemons and workers before wire 3: 52 buckets, a third of an octave each. */
const OCTAVE_BUCKETS = 52
const LOWEST_MS = 0.5
const A_DOUBLING = 3

export function toOctaves(times: Times): number[] {
  const octaves = Array.from({ length: OCTAVE_BUCKETS }, () => 0)
  for (let at = 0; at < times.length; at += 2) {
    const ms = timeOf(times[at] ?? 0)
    const octave = ms <= LOWEST_MS ? 0 : Math.ceil(Math.log2(ms / LOWEST_MS) * A_DOUBLING)
    const bucket = Math.min(octave, OCTAVE_BUCKETS - 1)
    octaves[bucket] = (octaves[bucket] ?? 0) + (times[at + 1] ?? 0)
  }
  return octaves
}

export function fromOctaves(octaves: readonly number[]): Times {
  if (octaves.every((count) => count === 0)) return NO_TIMES
  const counts = timeCounts()
  for (const [octave, count] of octaves.entries())
    if (count > 0) addTime(counts, LOWEST_MS * 2 ** ((octave - 0.5) / A_DOUBLING), count)
  return takeTimes(counts)
}
