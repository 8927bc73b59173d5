import { CodedError } from '@vastrox/shared/errors.ts'

const MIN_LENGTH = 12
const MAX_BYTES = 1_024
const MIN_DIFFERENT = 5
/** What is left of a password without the words that anybody would try must stand by itself. */
const MIN_LENGTH_BESIDES_WORDS = 8

/** What guessers try first, in the lengths that the length rule leaves open. */
const GUESSED = [
  'password',
  'passwort',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1q2w3e4r5t6y',
  'iloveyou',
  'letmein',
  'welcome',
  'changeme',
  'administrator',
  'admin',
  'football',
  'baseball',
  'dragon',
  'monkey',
  'sunshine',
  'princess',
  'trustno1',
  'superman',
  'correcthorsebatterystaple',
  'vastrox',
]
const RUNS = 'abcdefghijklmnopqrstuvwxyz 01234567890123456789 98765432109876543210'

/** Throws PASSWORD_TOO_WEAK. Long and not obvious: no rules on which letters it has (ASVS 6.2). */
export function mustBeStrong(password: string, userName: string): void {
  if (password.length < MIN_LENGTH) refuse('Use at least 12 characters.')
  if (Buffer.byteLength(password) > MAX_BYTES) refuse('Use at most 1,024 bytes.')
  const plain = password.toLowerCase()
  if (new Set(plain).size < MIN_DIFFERENT) refuse('It repeats a few characters.')
  if (besidesWords(plain, [...GUESSED, userName.toLowerCase()]).length < MIN_LENGTH_BESIDES_WORDS)
    refuse('It is made of words and runs that are tried first.')
}

function besidesWords(plain: string, words: readonly string[]): string {
  let rest = plain
  for (const word of words.toSorted((a, b) => b.length - a.length)) rest = rest.replaceAll(word, '')
  return rest.replaceAll(/[a-z0-9]{4,}/g, (letters) => withoutRuns(letters))
}

/** Takes out stretches of four or more that follow the alphabet, the digits, or themselves. */
function withoutRuns(letters: string): string {
  let kept = ''
  for (let at = 0; at < letters.length; ) {
    let length = 4
    while (at + length <= letters.length && isRun(letters.slice(at, at + length))) length += 1
    if (length > 4) at += length - 1
    else kept += letters[at++] ?? ''
  }
  return kept
}

const isRun = (letters: string): boolean =>
  RUNS.includes(letters) || new Set(letters).size === 1 || isRepeated(letters)

const isRepeated = (letters: string): boolean =>
  letters.length >= 6 && letters === letters.slice(0, 2).repeat(letters.length / 2)

function refuse(reason: string): never {
  throw new CodedError('PASSWORD_TOO_WEAK', {
    reason: `That password is too easy to guess. ${reason}`,
  })
}
