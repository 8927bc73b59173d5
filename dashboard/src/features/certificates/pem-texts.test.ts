import { describe, expect, it } from 'vitest'
import { sortPem, wrongWithPem } from './pem-texts.ts'

const block = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const LEAF = block('CERTIFICATE', 'bGVhZg==')
const CA = block('CERTIFICATE', 'Y2E=')
const KEY = block('PRIVATE KEY', 'a2V5')

describe('sorting out what was pasted', () => {
  it('finds certificate, chain and key in one text, in the order they come', () => {
    const text = `Bag Attributes\n  friendlyName: x\n${KEY}subject=CN = x\r\n${LEAF}\n${CA}`
    expect(sortPem([text])).toEqual({ certificatePem: LEAF + CA, keyPem: KEY })
    expect(wrongWithPem(sortPem([text]))).toBeUndefined()
  })

  it('puts together several files, and lines of Windows', () => {
    const files = [block('EC PRIVATE KEY', 'a2V5').replaceAll('\n', '\r\n'), LEAF, CA]
    expect(sortPem(files)).toEqual({
      certificatePem: LEAF + CA,
      keyPem: block('EC PRIVATE KEY', 'a2V5'),
    })
  })

  it.each([
    ['', 'no PEM'],
    [KEY, 'certificate is missing'],
    [LEAF, 'private key is missing'],
    [LEAF + block('ENCRYPTED PRIVATE KEY', 'a2V5'), 'pass phrase'],
    [LEAF + KEY + KEY, 'more than one'],
  ])('says what is wrong with %j', (text, words) => {
    expect(wrongWithPem(sortPem([text]))).toContain(words)
  })
})
