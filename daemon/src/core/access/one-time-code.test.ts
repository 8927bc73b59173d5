import { describe, expect, it } from 'vitest'
import { base32, codeOf, otpauthUri, stepAt, stepOf } from '#core/access/one-time-code.ts'

/** The secret of the appendix of RFC 6238. */
const SECRET = Buffer.from('12345678901234567890')
const at = (seconds: number): Date => new Date(seconds * 1_000)

describe('a one-time code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('is that of RFC 6238 at %i s', (seconds, code) => {
    expect(codeOf(SECRET, stepAt(at(seconds)))).toBe(code)
  })

  it('is taken half a minute before and after its time, and no further away', () => {
    const now = at(1_111_111_111)
    const step = stepAt(now)
    const typed = [-2, -1, 0, 1, 2].map((shift) => codeOf(SECRET, step + shift))

    expect(typed.map((code) => stepOf(SECRET, code, now, 0))).toEqual([
      undefined,
      step - 1,
      step,
      step + 1,
      undefined,
    ])
  })

  it('is not taken at or before the step that was taken last', () => {
    const now = at(1_111_111_111)
    const step = stepAt(now)

    expect(stepOf(SECRET, codeOf(SECRET, step), now, step)).toBeUndefined()
    expect(stepOf(SECRET, codeOf(SECRET, step - 1), now, step)).toBeUndefined()
    expect(stepOf(SECRET, codeOf(SECRET, step + 1), now, step)).toBe(step + 1)
  })

  it('may be typed with a gap, and is nothing else than six digits', () => {
    expect(stepOf(SECRET, ' 050 471 ', at(1_111_111_111), 0)).toBeDefined()
    for (const typed of ['', '05047', '0504710', '050471é', 'abcdef', '０５０４７１'])
      expect(stepOf(SECRET, typed, at(1_111_111_111), 0), typed).toBeUndefined()
  })
})

it('writes bytes in base32 as RFC 4648 does', () => {
  const words = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar']

  expect(words.map((word) => base32(Buffer.from(word)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ])
})

it('gives apps a link that names the server and the user', () => {
  expect(otpauthUri(SECRET, { issuer: 'Vastrox example.com', name: 'anna' })).toBe(
    'otpauth://totp/Vastrox%20example.com:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vastrox%20example.com',
  )
})
