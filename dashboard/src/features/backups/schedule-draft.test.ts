import { expect, it } from 'vitest'
import { draftOf, readRetention } from '#features/backups/schedule-draft.ts'

it('begins with what is usual, and reads it back', () => {
  const draft = draftOf(undefined, 'local')

  expect(draft).toMatchObject({ destination: 'local', schedule: '@daily', mode: 'live' })
  expect(readRetention(draft.retention)).toEqual({
    retention: { last: 7, daily: 14, weekly: 8, monthly: 6 },
    errors: {},
  })
})

it('keeps three at least, and says which number is not one', () => {
  const read = readRetention({ last: '2', daily: '', weekly: '1.5', monthly: '6' })

  expect(read.retention).toBeUndefined()
  expect(read.errors).toEqual({
    last: 'A whole number from 3 to 1000.',
    daily: 'A whole number from 0 to 366.',
    weekly: 'A whole number from 0 to 104.',
  })
})
