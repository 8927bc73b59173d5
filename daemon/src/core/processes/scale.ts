/** How many instances of each process of a release: `web` runs once, others not at all, unless said. */
export const scaleOf = (
  scale: Record<string, number>,
  processes: Record<string, string>,
): Record<string, number> =>
  Object.fromEntries(
    Object.keys(processes).map((name) => [name, scale[name] ?? (name === 'web' ? 1 : 0)]),
  )
