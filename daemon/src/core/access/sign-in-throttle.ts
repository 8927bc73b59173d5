import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'

const FREE_ATTEMPTS = 5
const MAX_WAIT_MS = 60_000
/** Names nobody has are counted as well, so that they are no different; the oldest go first. */
const MAX_NAMES = 10_000
const FORGET_AFTER_MS = 3_600_000

/**
 * After five wrong passwords a name waits 1, 2, 4 … 60 seconds between attempts. It is never locked:
 * that would let anybody keep its user out; a sign-in link is not throttled by name at all.
 */
export function createSignInThrottle(clock: Clock) {
  const names = new Map<string, { attempts: number; lastAt: number }>()

  return {
    /** Counts an attempt before its password is looked at. Throws RATE_LIMITED while the name waits. */
    begin(name: string): void {
      const key = name.toLowerCase()
      const now = clock.now().getTime()
      const known = names.get(key)
      const { attempts, lastAt } =
        known && now - known.lastAt < FORGET_AFTER_MS ? known : { attempts: 0, lastAt: 0 }
      const wait = lastAt + waitAfter(attempts) - now
      if (wait > 0)
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: Math.ceil(wait / 1_000) })

      names.delete(key)
      names.set(key, { attempts: attempts + 1, lastAt: now })
      const oldest = names.size > MAX_NAMES ? names.keys().next().value : undefined
      if (oldest !== undefined) names.delete(oldest)
    },

    /** The password was right. */
    clear(name: string): void {
      names.delete(name.toLowerCase())
    },
  }
}
export type SignInThrottle = ReturnType<typeof createSignInThrottle>

const waitAfter = (attempts: number): number =>
  attempts < FREE_ATTEMPTS ? 0 : Math.min(MAX_WAIT_MS, 1_000 * 2 ** (attempts - FREE_ATTEMPTS))
