import { describe, expect, it } from 'vitest'
import {
  countdown,
  memoryChoices,
  suggestName,
  usualVersion,
  whyNone,
} from '#features/addons/addon-words.ts'

const MB = 2 ** 20
const version = (name: string, given: { isDefault?: boolean; unavailable?: string } = {}) => ({
  version: name,
  isDefault: given.isDefault ?? false,
  needsRegistry: false,
  unavailable: given.unavailable ?? null,
})

describe('choosing an add-on', () => {
  it('takes the usual version where it can be had, and another where it cannot', () => {
    const usual = version('17', { isDefault: true })
    const away = version('17', { isDefault: true, unavailable: 'No image registry answers.' })

    expect(usualVersion({ versions: [version('15'), usual] })?.version).toBe('17')
    expect(usualVersion({ versions: [away, version('15')] })?.version).toBe('15')
    expect(whyNone({ versions: [away] })).toBe('No image registry answers.')
    expect(whyNone({ versions: [away, usual] })).toBeUndefined()
    expect(whyNone({ versions: [] })).toBe('No version of it can be had here.')
  })

  it('offers no memory that it does not run in, and always what it has now', () => {
    const choices = memoryChoices(
      { minMemoryBytes: 96 * MB, defaultMemoryBytes: 300 * MB },
      700 * MB,
    )

    expect(choices.slice(0, 5).map((bytes) => bytes / MB)).toEqual([128, 256, 300, 512, 700])
  })

  it('suggests a name that is free', () => {
    expect(suggestName('postgresql', 'shop', [])).toBe('shop-db')
    expect(suggestName('redis', 'shop', ['shop-db'])).toBe('shop-cache')
    expect(suggestName('postgresql', undefined, ['postgresql', 'postgresql-2'])).toBe(
      'postgresql-3',
    )
    expect(suggestName('postgresql', 'a'.repeat(40), []).length).toBeLessThanOrEqual(40)
  })
})

it('counts down to the end of an exception, and says when it is over', () => {
  const now = new Date('2026-11-26T12:00:00.000Z')

  expect(countdown('2026-11-26T12:00:09.500Z', now)).toBe('9 s')
  expect(countdown('2026-11-26T12:04:12.000Z', now)).toBe('4 min 12 s')
  expect(countdown('2026-11-26T14:04:12.000Z', now)).toBe('2 h 4 min')
  expect(countdown('2026-11-26T12:00:00.000Z', now)).toBeUndefined()
})
