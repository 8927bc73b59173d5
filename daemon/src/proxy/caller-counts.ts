import { networkOf } from '#lib/network-of.ts'

/**
 * How much each caller holds at a time. The addresses of an IPv6 /64 are one caller, as for every other
 * limit: one machine has 2^64 of them, and could take all connections of a worker (rule P8).
 */
export function createCallerCounts(most: number) {
  const counts = new Map<string, number>()

  return {
    /** Counts one more, to be taken back by `leave` whatever is answered; false: it is too many. */
    enter(address: string): boolean {
      const caller = networkOf(address)
      const count = (counts.get(caller) ?? 0) + 1
      counts.set(caller, count)
      return count <= most
    },
    leave(address: string): void {
      const caller = networkOf(address)
      const left = (counts.get(caller) ?? 1) - 1
      if (left > 0) counts.set(caller, left)
      else counts.delete(caller)
    },
    get size(): number {
      return counts.size
    },
  }
}
