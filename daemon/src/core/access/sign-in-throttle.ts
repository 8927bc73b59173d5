import { CodedError } from '@vastrox/shared/errors.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'

/** Names nobody has are counted as well, so that they are no different; the oldest go first. */
const MAX_KEYS = 10_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Somebody who comes back within a month is no stranger. */
const FAMILIAR_MS = 30 * DAY_MS

interface Options {
  /**
   * A network that somebody has signed in from within a day has as many wrong ones in an hour: many
   * people behind one address do not wait for the one of them whose key is wrong. Only for what
   * nobody can guess.
   */
  freeOfKnown?: number
  /** Attempts an hour at a name, from all networks that nobody has signed in from. */
  anywhere?: number
  /** Networks an hour whose first attempt does not wait for what others do. */
  firsts?: number
  /** How long those wait for each other at most. */
  maxWaitMs?: number
}

/**
 * After five wrong passwords an hour for a name from one network (an IPv6 /64 is one), that network
 * waits 1, 2, 4 … 60 seconds between attempts at that name. After a hundred attempts an hour, from
 * wherever, strangers wait for that name, for 5 seconds at most. So nobody keeps a user out by
 * guessing: a network that they have signed in from within a month never waits for others, and the
 * first attempt of any other does not, unless a thousand of them come in an hour. A sign-in link is
 * not throttled by name at all.
 */
export function createSignInThrottle(clock: Clock, options: Options = {}) {
  const { freeOfKnown = 5, anywhere = 100, firsts = 1_000, maxWaitMs = 5_000 } = options
  const fromNetwork = createWaits({ free: 5, freeOfKnown, maxWaitMs: 60_000 })
  const fromAnywhere = createWaits({ free: anywhere, freeOfKnown: anywhere, maxWaitMs })
  const fromStrangers = createWaits({ free: firsts, freeOfKnown: firsts, maxWaitMs })
  /** Apart from the counts, which a flood of strangers pushes out. */
  const familiar = new Map<string, number>()

  const now = (): number => clock.now().getTime()

  /** Whose attempts count together with this one; undefined where nobody else's do. */
  function othersOf(key: string): ReturnType<typeof createWaits> | undefined {
    if (now() < (familiar.get(key) ?? 0)) return undefined
    return fromNetwork.isUntried(key, now()) ? fromStrangers : fromAnywhere
  }
  const waitOf = (key: string, anyKey: string): number =>
    Math.max(0, fromNetwork.left(key, now()), othersOf(key)?.left(anyKey, now()) ?? 0)

  return {
    /** Counts an attempt before its password is looked at. Throws RATE_LIMITED while it must wait. */
    begin(name: string, address: string): void {
      const [key, anyKey] = [keyOf(name, address), name.toLowerCase()]
      const wait = waitOf(key, anyKey)
      if (wait > 0)
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: Math.ceil(wait / 1_000) })
      othersOf(key)?.count(anyKey, now())
      fromNetwork.count(key, now())
    },

    /** Whether somebody of that name has signed in from that network within a month. */
    isFamiliar: (name: string, address: string): boolean =>
      now() < (familiar.get(keyOf(name, address)) ?? 0),

    /** How long it is until another attempt would be looked at; counts nothing. */
    waitMs: (name: string, address: string): number =>
      waitOf(keyOf(name, address), name.toLowerCase()),

    /** The password was right: this network has guessed nothing; what others guess still counts. */
    clear(name: string, address: string): void {
      const key = keyOf(name, address)
      fromNetwork.know(key, now())
      familiar.delete(key)
      familiar.set(key, now() + FAMILIAR_MS)
      const oldest = familiar.size > MAX_KEYS ? familiar.keys().next().value : undefined
      if (oldest !== undefined) familiar.delete(oldest)
    },
  }
}
export type SignInThrottle = ReturnType<typeof createSignInThrottle>

const keyOf = (name: string, address: string): string =>
  `${networkOf(address)} ${name.toLowerCase()}`

interface Attempts {
  /** When the hour began. */
  from: number
  count: number
  lastAt: number
  /** Until when it is known by a sign-in. */
  knownUntil: number
}

interface WaitLimits {
  free: number
  freeOfKnown: number
  maxWaitMs: number
}

/** Attempts by key: `free` of them in an hour, then each waits twice as long as the one before. */
function createWaits({ free, freeOfKnown, maxWaitMs }: WaitLimits) {
  const known = new Map<string, Attempts>()

  const of = (key: string, now: number): Attempts => {
    const found = known.get(key)
    if (found && now - found.from < HOUR_MS) return found
    return { from: now, count: 0, lastAt: 0, knownUntil: found?.knownUntil ?? 0 }
  }
  const waitAfter = ({ count, knownUntil }: Attempts, now: number): number => {
    const most = now < knownUntil ? freeOfKnown : free
    return count < most ? 0 : Math.min(maxWaitMs, 1_000 * 2 ** (count - most))
  }
  function keep(key: string, attempts: Attempts): void {
    known.delete(key)
    known.set(key, attempts)
    const oldest = known.size > MAX_KEYS ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
  }

  return {
    isUntried: (key: string, now: number): boolean => of(key, now).count === 0,
    /** Milliseconds still to wait. */
    left(key: string, now: number): number {
      const attempts = of(key, now)
      const whole = waitAfter(attempts, now)
      // Also where somebody has set the machine's clock back.
      return Math.min(whole, attempts.lastAt + whole - now)
    },
    count(key: string, now: number): void {
      const attempts = of(key, now)
      keep(key, { ...attempts, count: attempts.count + 1, lastAt: now })
    },
    know: (key: string, now: number): void =>
      keep(key, { from: now, count: 0, lastAt: 0, knownUntil: now + DAY_MS }),
  }
}
