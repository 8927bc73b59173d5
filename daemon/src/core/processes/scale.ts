/** The most memory that the instances of an app may take together. */
export const memoryOf = (
  memoryBytes: number,
  scale: Record<string, number>,
  processes: Record<string, string | null>,
): number =>
  Object.values(scaleOf(scale, processes)).reduce((sum, count) => sum + count * memoryBytes, 0)

/** How many instances of each process of a release: `web` runs once, others not at all, unless said. */
export const scaleOf = (
  scale: Record<string, number>,
  processes: Record<string, string | null>,
): Record<string, number> =>
  Object.fromEntries(
    Object.keys(processes).map((name) => [name, scale[name] ?? (name === 'web' ? 1 : 0)]),
  )
