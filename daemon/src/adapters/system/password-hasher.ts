import { CodedError } from '@vastrox/shared/errors.ts'
import type { PasswordHasher } from '#ports/password-hasher.ts'

/** OWASP's choice for small machines: 19 MiB, two passes, one lane. argon2id is the package's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const AT_ONCE = 2
/** Of each kind. Beyond it, waiting would only make a flood worse: of many names at once, say. */
const MAX_WAITING = 50
/** Nobody's: for unknown users, so that they take as long as known ones. */
const DUMMY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** argon2 is loaded at the first sign-in with a password: most starts never see one. */
export function createPasswordHasher(): PasswordHasher {
  let running = 0
  const known: (() => void)[] = []
  const strangers: (() => void)[] = []

  async function oneOfTwo<T>(waiting: (() => void)[], work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING)
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: 5 })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = known.shift() ?? strangers.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) =>
      oneOfTwo(known, async () => {
        const argon2 = await import('@node-rs/argon2')
        return argon2.hash(password, PARAMETERS)
      }),

    verify: (hash, password, { isKnown = false } = {}) =>
      oneOfTwo(isKnown ? known : strangers, async () => {
        const argon2 = await import('@node-rs/argon2')
        const isRight = await argon2.verify(hash ?? DUMMY, password)
        return isRight && hash !== undefined
      }),
  }
}
