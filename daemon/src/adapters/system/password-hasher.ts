import { CodedError } from '@vastrox/shared/errors.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'

/** OWASP's choice for small machines: 19 MiB, two passes, one lane. argon2id is the package's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const AT_ONCE = 2
/** Beyond it, waiting would only make a flood worse; the caller's throttle is long before. */
const MAX_WAITING = 50
/** Nobody's: for unknown users, so that they take as long as known ones. */
const DUMMY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** argon2 is loaded at the first sign-in with a password: most starts never see one. */
export function createPasswordHasher(): PasswordHasher {
  let running = 0
  const waiting: (() => void)[] = []

  async function oneOfTwo<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING)
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: 5 })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) =>
      oneOfTwo(async () => {
        const argon2 = await import('@node-rs/argon2')
        return argon2.hash(password, PARAMETERS)
      }),

    verify: (hash, password) =>
      oneOfTwo(async () => {
        const argon2 = await import('@node-rs/argon2')
        const isRight = await argon2.verify(hash ?? DUMMY, password)
        return isRight && hash !== undefined
      }),
  }
}
