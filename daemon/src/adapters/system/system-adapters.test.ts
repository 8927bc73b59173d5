import { describe, expect, it } from 'vitest'
import { createNewId } from '#adapters/system/ids.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createPasswordHasher } from '#adapters/system/password-hasher.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('the secret box (rule S7)', () => {
  const box = createSecretBox(masterKeyOf(Buffer.alloc(32, 1)))

  it.each(['', 'x', '$HOME `id` "\n\\', '🔑'.repeat(20_000)])('opens what it sealed', (plain) => {
    const sealed = box.seal(plain, 'env|1|value')

    expect(box.open(sealed, 'env|1|value')).toBe(plain)
  })

  it('never gives the same bytes twice, nor any that tell of the text', () => {
    expect(box.seal('x', 'c')).not.toEqual(box.seal('x', 'c'))
    expect(box.seal('secret', 'c').includes('secret')).toBe(false)
  })

  it('opens nothing in another row, with another key, or with a byte changed', () => {
    const sealed = box.seal('secret', 'env|1|value')
    const other = createSecretBox(masterKeyOf(Buffer.alloc(32, 2)))

    expect(() => box.open(sealed, 'env|2|value')).toThrow(coded('SECRET_UNREADABLE'))
    expect(() => other.open(sealed, 'env|1|value')).toThrow(coded('SECRET_UNREADABLE'))
    expect(() => box.open(Buffer.alloc(0), 'env|1|value')).toThrow(coded('SECRET_UNREADABLE'))
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => box.open(changed, 'env|1|value')).toThrow(coded('SECRET_UNREADABLE'))
    }
  })
})

describe('an id', () => {
  it('has 26 lower-case letters and digits, and sorts by the time it was made', () => {
    const times = [1_000, 1_000, 999, 1_000, 1_001, 1_700_000_000_000]
    const newId = createNewId(() => times.shift() ?? 0)

    const ids = Array.from({ length: 6 }, newId)

    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{26}$/)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(6)
  })

  it('never repeats, even when the randomness of one millisecond is used up', () => {
    const newId = createNewId(
      () => 5,
      () => (1n << 80n) - 2n,
    )

    const ids = Array.from({ length: 5 }, newId)

    expect(new Set(ids).size).toBe(5)
    expect(ids).toEqual(ids.toSorted())
  })
})

describe('the password hasher', () => {
  const hasher = createPasswordHasher()

  it('hashes by argon2id with the parameters of OWASP', async () => {
    const hash = await hasher.hash('correct horse battery')

    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hasher.verify(hash, 'correct horse battery')).toBe(true)
    expect(await hasher.verify(hash, 'correct horse batterx')).toBe(false)
  })

  it('does the same work for somebody unknown, and says no', async () => {
    const hash = await hasher.hash('x')
    const time = async (known: string | undefined) => {
      const from = performance.now()
      expect(await hasher.verify(known, 'y')).toBe(false)
      return performance.now() - from
    }

    const known = [await time(hash), await time(hash), await time(hash)].toSorted((a, b) => a - b)
    const unknown = [await time(undefined), await time(undefined), await time(undefined)]

    expect(unknown.toSorted((a, b) => a - b)[1]).toBeGreaterThan((known[1] ?? 0) / 3)
  })

  it('takes all of many at once, two by two', async () => {
    const hashes = await Promise.all(Array.from({ length: 6 }, (_, at) => hasher.hash(`p${at}`)))

    expect(new Set(hashes).size).toBe(6)
  })

  it('lets who is known wait for no stranger', async () => {
    const order: string[] = []
    const flood = Array.from({ length: 60 }, () =>
      hasher.verify(undefined, 'p').then(
        () => order.push('stranger'),
        () => {},
      ),
    )
    const known = hasher.verify(undefined, 'p', { isKnown: true }).then(() => order.push('known'))
    await Promise.all([...flood, known])

    expect(order.indexOf('known')).toBeLessThan(6)
    expect(order).toHaveLength(53)
  })

  it('turns a flood away instead of queueing it for ever', async () => {
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.hash('p')))

    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(8)
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'RATE_LIMITED' },
    })
  })
})
