import { describe, expect, it } from 'vitest'
import { createRedactor, prepareRedactor, REDACTED } from './redactor.ts'

const SECRET = 'p@ss w0rd/+é€$"\'&='
const whole = (secrets: string[], text: string): string => {
  const redactor = createRedactor(secrets)
  return redactor.push(text) + redactor.end()
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** The same numbers every time, so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('the redactor (rule C14)', () => {
  it('hides a secret as it is and leaves everything else', () => {
    expect(whole([SECRET], `before ${SECRET} after`)).toBe(`before ${REDACTED} after`)
    expect(whole(['sesame-open'], 'sesame-ope sesame-opem open')).toBe(
      'sesame-ope sesame-opem open',
    )
  })

  it('leaves secrets shorter than six characters and texts without secrets alone', () => {
    expect(whole(['abc12', '   \n   '], 'abc12 and      more')).toBe('abc12 and      more')
    expect(whole([], 'as it is')).toBe('as it is')
  })

  it.each([0, 1, 2, 3, 4, 5])('hides it in base64 that begins %i bytes before it', (before) => {
    for (const after of ['', 'x', 'yz', ':and more']) {
      const encoded = base64(`${'u'.repeat(before)}${SECRET}${after}`)
      for (const form of [
        encoded,
        encoded.replaceAll('=', ''),
        encoded.replaceAll('+', '-').replaceAll('/', '_'),
      ]) {
        const out = whole([SECRET], `Basic ${form} end`)
        expect(out).toContain(REDACTED)
        const left = out.replace('Basic ', '').replace(' end', '')
        expect(left.length).toBeLessThanOrEqual(REDACTED.length + before * 2 + after.length * 2 + 4)
      }
    }
  })

  it('hides base64 of the secret alone with its padding', () => {
    expect(whole(['sesame-open'], `[${base64('sesame-open')}]`)).toBe(`[${REDACTED}]`)
    expect(whole(['sesame-opens'], `[${base64('sesame-opens')}]`)).toBe(`[${REDACTED}]`)
    expect(whole(['sesame-ope'], `[${base64('sesame-ope')}]`)).toBe(`[${REDACTED}]`)
  })

  it('hides it URL-encoded, wholly or in part, in both cases and with + for a space', () => {
    const all = [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    const forms = [
      encodeURIComponent(SECRET),
      encodeURIComponent(SECRET).toLowerCase(),
      new URLSearchParams({ p: SECRET }).toString().slice(2),
      encodeURI(SECRET),
      all.join(''),
      encodeURIComponent(base64(SECRET)),
    ]
    for (const form of forms)
      expect(whole([SECRET], `?password=${form}&x=1`)).toBe(`?password=${REDACTED}&x=1`)
  })

  it('hides it behind and before percent signs that mean nothing', () => {
    expect(whole(['41abcdef'], 'at 100%41abcdef now')).toBe(`at 100%${REDACTED} now`)
    expect(whole(['fifty-5%'], 'is fifty-5%41 now')).toBe(`is ${REDACTED}41 now`)
    expect(whole(['se%20cret'], 'a se%20cret and se%2520cret')).toBe(
      `a ${REDACTED} and ${REDACTED}`,
    )
  })

  it('hides it in hexadecimal, in both cases and within more of it', () => {
    const hex = Buffer.from(SECRET).toString('hex')
    for (const form of [hex, hex.toUpperCase()])
      expect(whole([SECRET], `dump 00ff${form}0a end`)).toBe(`dump 00ff${REDACTED}0a end`)
  })

  it('hides a large env too: short ones in every form, long ones as they are', () => {
    const long = Array.from({ length: 60 }, (_, at) =>
      `value ${at} `.concat('x'.repeat(65_000 + at)),
    )
    const open = prepareRedactor(['sesame-open', ...long])
    const hide = (text: string): string => {
      const redactor = open()
      return redactor.push(text) + redactor.end()
    }

    expect(hide(base64('sesame-open'))).toBe(REDACTED)
    expect(hide(Buffer.from('sesame-open').toString('hex'))).toBe(REDACTED)
    expect(hide(`a ${long[3]} b`)).toBe(`a ${REDACTED} b`)
    // Beyond a megabyte of them the beginning is hidden.
    expect(hide(long[59] ?? '')).toMatch(/^\[redacted\]x*$/)
  })

  it('hides the less of each the more long ones there are', () => {
    const next = numbers(11)
    const secret = (): string => Array.from({ length: 1_000 }, () => next(36).toString(36)).join('')
    const secrets = Array.from({ length: 4_000 }, secret)

    const hidden = whole(secrets, secrets.at(-1) ?? '')

    expect(hidden).toMatch(/^\[redacted\]/)
    expect(hidden.length).toBeGreaterThan(800)
  }, 30_000)

  it('hides it as JSON writes it', () => {
    const out = whole(['two\nlines "quoted"'], JSON.stringify({ key: 'two\nlines "quoted"' }))
    expect(out).toBe(`{"key":"${REDACTED}"}`)
  })

  it('hides each line of a secret with several lines', () => {
    const key =
      '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nAbCdEfGhIjKlMnOpQrStUv\nxy=\n-----END KEY-----'
    expect(whole([key], 'found MIIEvQIBADANBgkqhkiG9w0 there')).toBe(`found ${REDACTED} there`)
    expect(whole([key], `all:\n${key}\n`)).toBe(`all:\n${REDACTED}\n`)
  })

  it('gives the same however the text is cut into chunks', () => {
    const below = numbers(7)
    const secrets = [SECRET, 'aaaaaaab', 'aaaaaa', '😀 smile 😀', 'xy%41xy%41']
    const pieces = [
      ...secrets,
      ...secrets.map(base64),
      ...secrets.map(encodeURIComponent),
      'aaaa',
      '%',
      '%4',
      '%zz',
      ' ',
      'Ünïcode',
      '😀',
      '\ud83d',
      'line\n',
    ]
    for (let round = 0; round < 400; round++) {
      let text = ''
      for (let count = below(12); count >= 0; count--) text += pieces[below(pieces.length)]
      const expected = whole(secrets, text)

      const redactor = createRedactor(secrets)
      let out = ''
      for (let at = 0; at < text.length; ) {
        const size = 1 + below(5)
        out += redactor.push(text.slice(at, at + size))
        at += size
      }
      out += redactor.end()

      expect(out).toBe(expected)
      for (const secret of secrets) {
        expect(out).not.toContain(secret)
        expect(out).not.toContain(base64(secret))
        expect(out).not.toContain(encodeURIComponent(secret))
      }
    }
  })

  it('holds back only what may be the beginning of a secret', () => {
    const redactor = createRedactor(['sesame-open'])

    expect(redactor.push('hello sesame')).toBe('hello ')
    expect(redactor.push('-')).toBe('')
    expect(redactor.push('street')).toBe('sesame-street')
    expect(redactor.push('half ses')).toBe('half ')
    expect(redactor.end()).toBe('ses')
  })

  it('begins anew after its end, and shares patterns but no text between streams', () => {
    const open = prepareRedactor(['sesame-open'])
    const [one, other] = [open(), open()]

    expect(one.push('sesame-')).toBe('')
    expect(other.push('open')).toBe('open')
    expect(one.end()).toBe('sesame-')
    expect(one.push('open')).toBe('open')
  })

  it('takes linear time, for repeating secrets too', () => {
    const secrets = ['a'.repeat(20_000), `${'ab'.repeat(10_000)}c`]
    const text = `${'a'.repeat(300_000)}${'ab'.repeat(150_000)}`
    const started = performance.now()
    const redactor = createRedactor(secrets)
    for (let at = 0; at < text.length; at += 4_096) redactor.push(text.slice(at, at + 4_096))
    redactor.end()

    expect(performance.now() - started).toBeLessThan(4_000)
  })

  it('is ready in time for as many secrets as an app may have', () => {
    const next = numbers(7)
    const secret = (): string => Array.from({ length: 1_000 }, () => next(36).toString(36)).join('')
    const secrets = Array.from({ length: 256 }, secret)
    const started = performance.now()
    const redactor = prepareRedactor(secrets)()

    expect(performance.now() - started).toBeLessThan(4_000)
    const last = secrets.at(-1) ?? ''
    expect(redactor.push(`a ${last} b ${base64(last)}`) + redactor.end()).not.toContain(
      last.slice(0, 12),
    )
  })
})
