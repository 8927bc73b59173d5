/** So many places for each key at the same time. */
export function createPlaces(max: number) {
  const taken = new Map<string, number>()

  return {
    /** Gives how to free the place again, once; undefined where all of that key are taken. */
    take(key: string): (() => void) | undefined {
      const now = taken.get(key) ?? 0
      if (now >= max) return undefined
      taken.set(key, now + 1)
      let isFree = false
      return () => {
        if (isFree) return
        isFree = true
        const left = (taken.get(key) ?? 0) - 1
        if (left > 0) taken.set(key, left)
        else taken.delete(key)
      }
    },

    /** How many keys have a place. */
    size: (): number => taken.size,
  }
}
