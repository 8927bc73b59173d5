import { ownOf } from '@vastrox/shared/own-of.ts'

/** How many instances of each process of a release: `web` runs once, others not at all, unless said. */
export const scaleOf = (
  scale: Record<string, number>,
  processes: Record<string, string | null>,
): Record<string, number> =>
  Object.fromEntries(
    Object.keys(processes).map((name) => [name, ownOf(scale, name) ?? (name === 'web' ? 1 : 0)]),
  )

/**
 * The most instances of each process that there may be once every scale that was asked for has been
 * tried: any of them may fail, and then the count before it stays.
 */
export function plannedScale(
  scale: Record<string, number>,
  asked: readonly (Record<string, number> | null)[],
): Record<string, number> {
  const planned = { ...scale }
  for (const wish of asked)
    for (const [name, count] of Object.entries(wish ?? {}))
      planned[name] = Math.max(count, ownOf(planned, name) ?? (name === 'web' ? 1 : 0))
  return planned
}
