import type { Clock } from '#ports/clock.ts'
import type { CertificateOrderStore } from '#store/certificate-order-store.ts'

interface Deps {
  orders: Pick<
    CertificateOrderStore,
    'listSpentForPlatform' | 'noteSpentForPlatform' | 'forgetSpentForPlatform'
  >
  clock: Clock
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Below those of Let's Encrypt (rule R4): so many within so long. */
const LIMITS = {
  /** Failed proofs of one name; theirs is 5. */
  failure: { most: 4, withinMs: HOUR_MS },
  /** Certificates for the same names; theirs is 5. */
  duplicate: { most: 4, withinMs: 7 * DAY_MS },
  /** Orders of the account; theirs is 300. */
  order: { most: 250, withinMs: 3 * HOUR_MS },
  /** Orders for names under a suffix that everybody shares, at all CAs together. */
  shared: { most: 1, withinMs: DAY_MS },
} as const
type Limit = keyof typeof LIMITS

const ANY = '*'
/** Attempts in a row without success after which there is one a day, and no more. */
const PATIENCE = 4

/** What is left of the limits: asked before an order, so that a CA never has to say so. */
export function createBudget({ orders, clock }: Deps) {
  function freeAt(limit: Limit, issuerId: string, subject: string): Date | undefined {
    const { most, withinMs } = LIMITS[limit]
    const now = clock.now().getTime()
    const since = new Date(now - withinMs)
    // What lies in the future was written down while the clock was ahead (rule R11), and would never end.
    const spent = orders
      .listSpentForPlatform(limit, issuerId, subject, since)
      .filter((at) => at.getTime() <= now + HOUR_MS)
    const holding = spent.at(-most)
    return holding && new Date(holding.getTime() + withinMs)
  }

  const note = (limit: Limit, issuerId: string, subject: string): void =>
    orders.noteSpentForPlatform(limit, issuerId, subject, clock.now())

  return {
    /** When an order may be made at the earliest; undefined: now. */
    orderFreeAt(wish: {
      issuerId: string
      key: string
      names: readonly string[]
      isShared: boolean
      /** A renewal that names what it replaces is counted by no CA (RFC 9773). */
      isRenewal: boolean
    }): Date | undefined {
      const { issuerId, key, names, isShared, isRenewal } = wish
      const all = [
        ...names.map((name) => freeAt('failure', issuerId, name)),
        ...(isRenewal
          ? []
          : [
              freeAt('duplicate', issuerId, key),
              freeAt('order', issuerId, ANY),
              isShared ? freeAt('shared', ANY, ANY) : undefined,
            ]),
      ].filter((at) => at !== undefined)
      return all.toSorted((one, other) => other.getTime() - one.getTime())[0]
    },

    noteOrder(issuerId: string, isShared: boolean): void {
      note('order', issuerId, ANY)
      if (isShared) note('shared', ANY, ANY)
    },
    noteIssued: (issuerId: string, key: string): void => note('duplicate', issuerId, key),
    noteFailure(issuerId: string, names: readonly string[]): void {
      for (const name of names) note('failure', issuerId, name)
    },
    /** At least a day lies between attempts that go on failing. */
    isOutOfPatience: (attempts: number): boolean => attempts >= PATIENCE,
    forgetOld(): void {
      orders.forgetSpentForPlatform(new Date(clock.now().getTime() - 8 * DAY_MS))
    },
  }
}
export type Budget = ReturnType<typeof createBudget>
