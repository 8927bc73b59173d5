import { describe, expect, it } from 'vitest'
import { hashWithScrypt, NOBODY, verifyWithScrypt } from '#lib/scrypt-hash.ts'

describe('a password that is kept as its scrypt hash', () => {
  it('is known again, and no other one is', async () => {
    const hash = await hashWithScrypt('grüße 1')

    expect(hash).toMatch(/^scrypt\$16384\$8\$1\$/)
    expect(hash).not.toContain('grüße')
    expect(await verifyWithScrypt(hash, 'grüße 1')).toBe(true)
    expect(await verifyWithScrypt(hash, 'gru\u0308ße 1')).toBe(true)
    expect(await verifyWithScrypt(hash, 'grüße 2')).toBe(false)
    expect(await verifyWithScrypt(hash, '')).toBe(false)
    expect(await hashWithScrypt('grüße 1')).not.toBe(hash)
  })

  it('is never right where there is no such hash, or one that would take too much', async () => {
    for (const hash of ['', 'x', NOBODY, NOBODY.replace('16384', '9999999'), '$argon2id$v=19$'])
      expect(await verifyWithScrypt(hash, '')).toBe(false)
  })
})
