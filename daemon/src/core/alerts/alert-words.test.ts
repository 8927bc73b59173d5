import { expect, it } from 'vitest'
import { commands } from '#commands/table.ts'
import { BUILT_IN_RULES } from '#core/alerts/built-in-rules.ts'
import { sayCondition, sayFinding, sayValue } from '#core/alerts/alert-words.ts'

it('sizes are told in the units in which limits are typed', () => {
  expect(sayValue(200 * 2 ** 20, 'bytes')).toBe('200 MB')
  expect(sayValue(1.5 * 2 ** 30, 'bytes')).toBe('1.5 GB')
  expect(sayValue(96 * 1_024, 'bytes/s')).toBe('96 KB/s')
  const { condition } = BUILT_IN_RULES['swap-thrash']
  expect(condition && sayCondition(condition)).toMatch(/above 4 MB\/s for 3 min/)
})

it('advice names commands that there are', () => {
  const known = new Set(commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]))
  const advice = Object.entries(BUILT_IN_RULES).flatMap(([id, { name, condition }]) =>
    condition ? sayFinding({ id, name }, condition, 'shop', 1).detail : [],
  )
  const named = [...advice.join(' ').matchAll(/vastrox ([a-z-]+(?::[a-z-]+)?)/g)].map(
    (one) => one[1],
  )

  expect(named.length).toBeGreaterThan(2)
  expect(named.filter((one) => one !== undefined && !known.has(one))).toEqual([])
})
