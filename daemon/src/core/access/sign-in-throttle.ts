import { CodedError } from '@vastrox/shared/errors.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'

/** Names nobody has are counted as well, so that they are no different; the oldest go first. */
const MAX_KEYS = 10_000
const HOUR_MS = 3_600_000

/**
 * After five wrong passwords an hour for a name from one network (an IPv6 /64 is one), that network
 * waits 1, 2, 4 … 60 seconds between attempts at that name. After a hundred attempts an hour, from
 * wherever, everybody waits for that name, for 5 seconds at most. So nobody keeps a user out by guessing; a
 * sign-in link is not throttled by name at all.
 */
export function createSignInThrottle(clock: Clock) {
  const fromNetwork = createWaits({ free: 5, maxWaitMs: 60_000 })
  const fromAnywhere = createWaits({ free: 100, maxWaitMs: 5_000 })

  return {
    /** Counts an attempt before its password is looked at. Throws RATE_LIMITED while it must wait. */
    begin(name: string, address: string): void {
      const now = clock.now().getTime()
      const [key, anyKey] = [keyOf(name, address), name.toLowerCase()]
      const wait = Math.max(fromNetwork.left(key, now), fromAnywhere.left(anyKey, now))
      if (wait > 0)
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: Math.ceil(wait / 1_000) })
      fromNetwork.count(key, now)
      fromAnywhere.count(anyKey, now)
    },

    /** How long it is until another attempt would be looked at; counts nothing. */
    waitMs(name: string, address: string): number {
      const now = clock.now().getTime()
      const [key, anyKey] = [keyOf(name, address), name.toLowerCase()]
      return Math.max(0, fromNetwork.left(key, now), fromAnywhere.left(anyKey, now))
    },

    /** The password was right: this network has guessed nothing; what others guess still counts. */
    clear(name: string, address: string): void {
      fromNetwork.forget(keyOf(name, address))
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
}

/** Attempts by key: `free` of them in an hour, then each waits twice as long as the one before. */
function createWaits({ free, maxWaitMs }: { free: number; maxWaitMs: number }) {
  const known = new Map<string, Attempts>()

  const of = (key: string, now: number): Attempts => {
    const found = known.get(key)
    return found && now - found.from < HOUR_MS ? found : { from: now, count: 0, lastAt: 0 }
  }
  const waitAfter = (count: number): number =>
    count < free ? 0 : Math.min(maxWaitMs, 1_000 * 2 ** (count - free))

  return {
    /** Milliseconds still to wait. */
    left(key: string, now: number): number {
      const { count, lastAt } = of(key, now)
      const whole = waitAfter(count)
      // Also where somebody has set the machine's clock back.
      return Math.min(whole, lastAt + whole - now)
    },
    count(key: string, now: number): void {
      const { from, count } = of(key, now)
      known.delete(key)
      known.set(key, { from, count: count + 1, lastAt: now })
      const oldest = known.size > MAX_KEYS ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
    },
    forget: (key: string): boolean => known.delete(key),
  }
}
