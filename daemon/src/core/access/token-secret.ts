import { createHash, randomBytes } from 'node:crypto'
import { TOKEN_PATTERN, TokenKind } from '@vastrox/shared/token.ts'
import { crc32 } from '#lib/crc32.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_LETTERS = 30
const CHECK_LETTERS = 6
/** The largest multiple of 62 in a byte: what is beyond would make some letters likelier. */
const FAIR_BYTES = 248

/** `vxt_<kind>_<30 random letters><6 letters of CRC32>`: 178 bits, and a typing error is seen at once. */
export function newTokenSecret(kind: TokenKind, random = randomBytes): string {
  let letters = ''
  while (letters.length < RANDOM_LETTERS)
    for (const byte of random(RANDOM_LETTERS))
      if (byte < FAIR_BYTES && letters.length < RANDOM_LETTERS) letters += BASE62[byte % 62]
  const start = `vxt_${kind}_${letters}`
  return start + checkOf(start)
}

/** The kind of a token that is written as ours are; undefined otherwise, without a look at any row. */
export function kindOfTokenSecret(secret: string): TokenKind | undefined {
  const match = secret.length < 100 ? TOKEN_PATTERN.exec(secret) : null
  if (match?.[0] !== secret) return undefined
  if (checkOf(secret.slice(0, -CHECK_LETTERS)) !== secret.slice(-CHECK_LETTERS)) return undefined
  return TokenKind.parse(match[1])
}

/** Enough to recognise it by. */
export const hintOfTokenSecret = (kind: TokenKind, secret: string): string =>
  `vxt_${kind}_…${secret.slice(-4)}`

/** High-entropy secrets need no slow hash. */
export const hashOfSecret = (secret: string): string =>
  createHash('sha256').update(secret).digest('hex')

function checkOf(text: string): string {
  let letters = ''
  for (let rest = crc32(text), at = 0; at < CHECK_LETTERS; at += 1, rest = Math.floor(rest / 62))
    letters = `${BASE62[rest % 62]}${letters}`
  return letters
}
