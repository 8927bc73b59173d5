import { describe, expect, it } from 'vitest'
import {
  dueBy,
  intervalOf,
  sayReach,
  sayRetention,
  saySchedule,
} from '#features/backups/schedule-words.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('a schedule in words', () => {
  it.each([
    ['@daily', 'every day'],
    ['0 */6 * * *', 'every 6 hours'],
    ['30 2 * * *', 'every day at 02:30'],
    ['5 4 * * 0', 'every Sunday at 04:05'],
    ['0 3 1 * *', 'on day 1 of every month at 03:00'],
    ['15 * * * *', 'every hour'],
    ['0 3 * * 1-5', '0 3 * * 1-5'],
  ])('%s is said as “%s”', (schedule, said) => {
    expect(saySchedule(schedule)).toBe(said)
  })

  it.each([
    ['@hourly', HOUR],
    ['*/15 * * * *', HOUR / 4],
    ['0 */6 * * *', 6 * HOUR],
    ['0 2,14 * * *', 12 * HOUR],
    ['30 2 * * *', DAY],
    ['@weekly', 7 * DAY],
    ['@monthly', 31 * DAY],
    ['@yearly', 366 * DAY],
  ])('the runs of %s are about %d ms apart', (schedule, ms) => {
    expect(intervalOf(schedule)).toBe(ms)
  })

  it('gives a run a quarter of its interval, and an hour at least, before it is missed', () => {
    expect(dueBy({ schedule: '@daily' }, '2026-11-20T00:00:00.000Z')).toEqual(
      new Date('2026-11-21T06:00:00.000Z'),
    )
    expect(dueBy({ schedule: '@hourly' }, '2026-11-20T00:00:00.000Z')).toEqual(
      new Date('2026-11-20T02:00:00.000Z'),
    )
  })
})

describe('retention in words', () => {
  it('says what is kept in one sentence, and leaves out what is not', () => {
    expect(sayRetention({ last: 7, daily: 14, weekly: 8, monthly: 6 })).toBe(
      'The newest 7, one a day for 14 days, one a week for 8 weeks and one a month for 6 months.',
    )
    expect(sayRetention({ last: 3, daily: 1, weekly: 0, monthly: 0 })).toBe(
      'The newest 3 and one a day for 1 day.',
    )
    expect(sayRetention({ last: 3, daily: 0, weekly: 0, monthly: 0 })).toBe('The newest 3.')
  })

  it('says how far back one can go', () => {
    expect(sayReach({ last: 7, daily: 14, weekly: 8, monthly: 6 })).toBe('about 6 months')
    expect(sayReach({ last: 7, daily: 14, weekly: 0, monthly: 0 })).toBe('about 2 weeks')
    expect(sayReach({ last: 7, daily: 3, weekly: 0, monthly: 0 })).toBe('3 days')
    expect(sayReach({ last: 7, daily: 0, weekly: 0, monthly: 0 })).toBe('a few runs')
  })
})
