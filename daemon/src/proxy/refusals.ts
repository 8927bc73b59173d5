import type { Plane } from './plane.ts'

/** Requests that nothing here answers to; a person who mistypes a host makes a few of them. */
export const UNKNOWN_HOST = 1
/** What is no HTTP, or means two things at once: no browser sends it. */
export const UNREADABLE = 10
/** At a door that asks for one; a person who has forgotten it stays far below what bans. */
export const WRONG_PASSWORD = 5

/** Addresses between two reports; what comes from more than that at once is no matter of bans. */
const MAX_ADDRESSES = 1_000

/** Counts per address what was refused since the last report, by weight. */
export function createRefusals() {
  let counts = new Map<string, number>()

  return {
    note(address: string, weight: number): void {
      const known = counts.get(address)
      if (known === undefined && (address === '' || counts.size >= MAX_ADDRESSES)) return
      counts.set(address, (known ?? 0) + weight)
    },
    /** Everything since the last call. */
    take(): { address: string; count: number }[] {
      if (counts.size === 0) return []
      const taken = [...counts].map(([address, count]) => ({ address, count }))
      counts = new Map()
      return taken
    },
  }
}

/** A proxy in front of us is not to blame for what comes through it. */
export function noteRefusal(plane: Plane, address: string, weight: number): void {
  if (!plane.trusted.trusts(address)) plane.refusals.note(address, weight)
}
export type Refusals = ReturnType<typeof createRefusals>
