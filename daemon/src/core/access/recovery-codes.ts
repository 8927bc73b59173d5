import { randomBytes } from 'node:crypto'
import { base32 } from '#core/access/one-time-code.ts'
import { hashOfSecret } from '#core/access/token-secret.ts'
import type { Clock } from '#ports/clock.ts'
import type { SecondFactorStore } from '#store/second-factor-store.ts'

const CODES = 10
/** 80 bits: nobody guesses it, so that its hash may be a fast one. */
const CODE_BYTES = 10

/** For the day on which the phone is lost: each lets in once, beside the password. */
export function createRecoveryCodes(factors: SecondFactorStore, clock: Clock) {
  return {
    left: (userId: string): number => factors.countCodesForPlatform(userId),

    /** Ten new ones, shown this once; those before are good for nothing more. */
    renew(userId: string): string[] {
      const codes = Array.from({ length: CODES }, () =>
        (base32(randomBytes(CODE_BYTES)).match(/.{4}/g) ?? []).join('-').toLowerCase(),
      )
      factors.saveCodesForPlatform(
        userId,
        codes.map((code) => hashOfSecret(plain(code))),
        clock.now().toISOString(),
      )
      return codes
    },

    /** True once for each. */
    take: (userId: string, typed: string): boolean =>
      factors.takeCodeForPlatform(userId, hashOfSecret(plain(typed)), clock.now().toISOString()),

    remove: (userId: string): void => factors.removeCodesForPlatform(userId),
  }
}
export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>

const plain = (typed: string): string => typed.toLowerCase().replaceAll(/[^a-z2-7]/g, '')
