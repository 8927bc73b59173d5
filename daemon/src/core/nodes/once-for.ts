import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'

/** A measurement stays as it is: what is worked out of it alone is worked out once. */
export function onceFor<Result>(
  work: (measure: DiskMeasure) => Result,
): (measure: DiskMeasure) => Result {
  const results = new WeakMap<DiskMeasure, Result>()
  return (measure) => {
    const before = results.get(measure)
    if (before !== undefined) return before
    const result = work(measure)
    results.set(measure, result)
    return result
  }
}
