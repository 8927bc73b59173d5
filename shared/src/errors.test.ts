import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CodedError, ERRORS, hintOf, sayError } from './errors.ts'

const page = readFileSync(new URL('../../docs/ERRORS.md', import.meta.url), 'utf8')

/** `| CODE | status | message | hint |` */
const documented = page
  .split('\n')
  .filter((line) => /^\| [A-Z_]+ +\|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code, status, message, hint]) => ({ code, status, message, hint }))

const kinds: Record<string, { status: number; message: string; hint?: string }> = ERRORS
const known = Object.entries(kinds).map(([code, { status, message, hint }]) => ({
  code,
  status: String(status),
  message,
  hint: hint ?? '',
}))

describe('the catalogue of errors', () => {
  it('is documented whole, in the same words', () => {
    expect(documented).toEqual(expect.arrayContaining(known))
  })

  it('has all that is documented, once', () => {
    expect(known).toEqual(expect.arrayContaining(documented))
    expect(new Set(documented.map(({ code }) => code)).size).toBe(documented.length)
  })

  it('says each in a sentence, with a status that fits', () => {
    const odd = known.filter(
      ({ status, message, hint }) =>
        !/^[A-Z0-9].*[.!?]$/.test(message) ||
        !/^(|.+[^\s])$/.test(hint) ||
        !/^[45]\d\d$/.test(status),
    )

    expect(odd).toEqual([])
  })

  it('says the reason where there is one, and nothing of what nobody expected', () => {
    const reason = 'Port 80 is used by nginx.'

    expect(sayError(new CodedError('APP_NOT_FOUND'))).toBe('There is no app with that name.')
    expect(sayError(new CodedError('APP_NOT_FOUND', { reason }))).toBe(reason)
    expect(sayError(new Error('SELECT * FROM users'))).toBe(ERRORS.INTERNAL.message)
    expect(hintOf('APP_NOT_FOUND')).toBeUndefined()
  })
})
