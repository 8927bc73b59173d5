import type { Shown } from '#core/metrics/shown-columns.ts'

/** Shares of something are no sum. */
const MEANS: ReadonlySet<string> = new Set(['cpuThrottled'])

/** All instances of an app as one. Peaks only of one alone: those of several need not have been at a time. */
export function addedUp(all: readonly ReadonlyMap<string, Shown>[]): Map<string, Shown> {
  const [only] = all
  if (all.length === 1 && only) return new Map(only)
  const sums = new Map<string, Shown>()
  for (const metric of new Set(all.flatMap((one) => [...one.keys()]))) {
    const columns = all.flatMap((one) => {
      const values = one.get(metric)?.values
      return values ? [values] : []
    })
    const length = Math.max(0, ...columns.map((values) => values.length))
    sums.set(metric, {
      values: Array.from({ length }, (_, at) =>
        sumAt(
          columns.map((values) => values[at] ?? null),
          MEANS.has(metric),
        ),
      ),
    })
  }
  return sums
}

function sumAt(values: readonly (number | null)[], isMean: boolean): number | null {
  const there = values.filter((value) => value !== null)
  if (there.length === 0) return null
  const sum = there.reduce((total, value) => total + value, 0)
  return isMean ? sum / there.length : sum
}
