import type { Clock } from '#ports/clock.ts'
import type { CertificateOrderStore } from '#store/certificate-order-store.ts'
import type { WantOwner } from '#store/certificate-want-store.ts'

interface Deps {
  orders: Pick<
    CertificateOrderStore,
    'listSpentForPlatform' | 'noteSpentForPlatform' | 'forgetSpentForPlatform'
  >
  /** How many teams, and apps of this team, have hosts that are to have certificates. */
  ownersOf: (team: string) => { teams: number; apps: number }
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
/** Of a life: so long failed proofs count, so that they end before it does. */
const FAILURES_WITHIN = 1 / 10

/** Orders that are left for the dashboard's own names, whatever apps want. */
const LEFT_FOR_OWN = 4

const ANY = '*'
/** Attempts in a row without success after which there is one a day, and no more. */
const PATIENCE = 4

/** What is left of the limits: asked before an order, so that a CA never has to say so. */
export function createBudget({ orders, ownersOf, clock }: Deps) {
  function freeAt(
    limit: Limit,
    issuerId: string,
    subject: string,
    longestMs: number,
  ): Date | undefined {
    const { most } = LIMITS[limit]
    const withinMs = Math.min(LIMITS[limit].withinMs, longestMs)
    const now = clock.now().getTime()
    const since = new Date(now - withinMs)
    // What lies in the future was written down while the clock was ahead (rule R11), and would never end.
    const spent = orders
      .listSpentForPlatform(limit, issuerId, subject, since)
      .filter((at) => at.getTime() <= now + HOUR_MS)
    const holding = spent.at(-most)
    return holding && new Date(holding.getTime() + withinMs)
  }

  /** What was spent within the limit's time, oldest first. */
  function spentOn(kind: string, issuerId: string, subject: string): Date[] {
    const now = clock.now().getTime()
    return orders
      .listSpentForPlatform(kind, issuerId, subject, new Date(now - LIMITS.order.withinMs))
      .filter((at) => at.getTime() <= now + HOUR_MS)
  }

  /**
   * When this app may have one of the orders that all share. A team may take half of what other teams
   * have left, and an app of it half of what other apps of the team have left, so that whoever comes
   * next finds something; who is alone takes all.
   */
  function shareFreeAt(issuerId: string, { team, app }: WantOwner): Date | undefined {
    if (app === '') return undefined
    const all = spentOn('order', issuerId, ANY)
    const most = LIMITS.order.most - LEFT_FOR_OWN
    const lastOf = (spent: readonly Date[], allowed: number): Date | undefined => {
      const holding = spent.at(-Math.max(1, allowed))
      return spent.length < allowed || !holding
        ? undefined
        : new Date(holding.getTime() + LIMITS.order.withinMs)
    }
    const ofTeam = spentOn('order-team', issuerId, team)
    const ofApp = spentOn('order-app', issuerId, app)
    const { teams, apps } = ownersOf(team)
    const forTeam = teams > 1 ? half(most - (all.length - ofTeam.length)) : most
    const forApp = apps > 1 ? half(forTeam - (ofTeam.length - ofApp.length)) : forTeam
    return latest([lastOf(all, most), lastOf(ofTeam, forTeam), lastOf(ofApp, forApp)])
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
      /** Of the certificate that is there: no limit of a CA that signs for so short is longer. */
      lifeMs: number | undefined
      owner: WantOwner
    }): Date | undefined {
      const { issuerId, key, names, isShared, isRenewal, lifeMs = Infinity, owner } = wish
      return latest([
        ...names.map((name) => freeAt('failure', issuerId, name, lifeMs * FAILURES_WITHIN)),
        ...(isRenewal
          ? []
          : [
              freeAt('duplicate', issuerId, key, lifeMs),
              freeAt('order', issuerId, ANY, Infinity),
              shareFreeAt(issuerId, owner),
              isShared ? freeAt('shared', ANY, ANY, Infinity) : undefined,
            ]),
      ])
    },

    noteOrder(issuerId: string, isShared: boolean, { team, app }: WantOwner): void {
      note('order', issuerId, ANY)
      if (app !== '') {
        orders.noteSpentForPlatform('order-team', issuerId, team, clock.now())
        orders.noteSpentForPlatform('order-app', issuerId, app, clock.now())
      }
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

const half = (count: number): number => Math.floor(count / 2)

const latest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times
    .filter((at) => at !== undefined)
    .toSorted((one, other) => other.getTime() - one.getTime())[0]
