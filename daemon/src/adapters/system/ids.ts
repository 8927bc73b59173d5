import { randomBytes } from 'node:crypto'
import type { NewId } from '#ports/ids.ts'

/** Without i, l, o and u: no two letters look alike, and no words are spelled. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LETTERS = 10
const RANDOM_BITS = 80n

/**
 * Ten letters of the time in milliseconds, sixteen of randomness. Ids made in one millisecond, or
 * while the clock stands still or goes back, count up from the one before, so that they still sort.
 */
export function createNewId(now: () => number = Date.now, random = randomOf80Bits): NewId {
  let lastTime = -1
  let lastRandom = 0n

  return () => {
    const time = now()
    if (time > lastTime) {
      lastTime = time
      lastRandom = random()
    } else {
      lastRandom += 1n
      if (lastRandom >> RANDOM_BITS) {
        lastTime += 1
        lastRandom = random()
      }
    }
    return lettersOf((BigInt(lastTime) << RANDOM_BITS) | lastRandom)
  }
}

const randomOf80Bits = (): bigint => BigInt(`0x${randomBytes(10).toString('hex')}`)

function lettersOf(value: bigint): string {
  let letters = ''
  for (let rest = value, at = 0; at < TIME_LETTERS + 16; at += 1, rest >>= 5n)
    letters = `${ALPHABET[Number(rest & 31n)]}${letters}`
  return letters
}
