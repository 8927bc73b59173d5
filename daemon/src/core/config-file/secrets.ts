import { createHmac } from 'node:crypto'

/** Tells values apart that nobody is shown; of another installation it says nothing. */
export type SayDigest = (text: string) => string

const KEY_LETTERS = 6
const DIGEST_LETTERS = 24

/** By a key of the installation: a value cannot be guessed from what is committed somewhere. */
export function createDigest(key: Buffer): SayDigest {
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('hex')
  const keyId = hash('which key').slice(0, KEY_LETTERS)
  return (text) => `${keyId}:${hash(`value\n${text}`).slice(0, DIGEST_LETTERS)}`
}

const SECRET_NAME =
  /SECRET|TOKEN|PASSW|PASSPHRASE|PWD|(^|_)PASS($|_)|KEY|CREDENTIAL|PRIVATE|SALT|SIGNATURE|DSN|(^|_)AUTH($|_)|WEBHOOK/i
/** What cannot be a secret although it is called a key: who one is, and what everybody may see. */
const PUBLIC_NAME = /PUBLIC|PUBLISHABLE|KEY_?(ID|NAME|PREFIX|PATH|FILE)$/i
/** Bounded: it is looked for from every place of a value. */
const WITH_PASSWORD = /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@]{0,200}:[^\s/@]{1,1000}@/i
const PEM = /-----BEGIN /
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g

/**
 * Whether a value is one that must not be committed: by what it is called, or by what it looks like.
 * What it takes for a secret wrongly costs a line; the other way round costs the secret.
 */
export function looksSecret(name: string, value: string): boolean {
  if (value === '') return false
  if (WITH_PASSWORD.test(value) || PEM.test(value)) return true
  if (SECRET_NAME.test(name) && !PUBLIC_NAME.test(name)) return true
  return (value.match(LONG_WORD) ?? []).some(isRandom)
}

/** Letters and digits all over, as nobody writes them. */
function isRandom(word: string): boolean {
  const kinds = word.split('').map(kindOf)
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length
  return changes * 3 >= word.length
}

const kindOf = (letter: string): string =>
  /[a-z]/.test(letter) ? 'a' : /[A-Z]/.test(letter) ? 'A' : /\d/.test(letter) ? '0' : '-'
