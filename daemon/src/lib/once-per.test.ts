import { expect, it } from 'vitest'
import { createOncePer } from '#lib/once-per.ts'

it('says what repeats once in a while, and after the clock was set back as well', () => {
  let ms = Date.parse('2027-11-26T12:00:00Z')
  const isNew = createOncePer({ now: () => new Date(ms) }, 60_000)

  expect([isNew('a'), isNew('a'), isNew('b')]).toEqual([true, false, true])
  ms += 60_000
  expect([isNew('a'), isNew('a')]).toEqual([true, false])
  ms -= 365 * 86_400_000
  expect([isNew('a'), isNew('a')]).toEqual([true, false])
})
