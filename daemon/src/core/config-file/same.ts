/** Whether two values say the same, whatever the order of their keys. */
export const isSame = (one: unknown, other: unknown): boolean => stable(one) === stable(other)

/** As text, with keys in order. */
export function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ) ?? 'null'
  )
}
