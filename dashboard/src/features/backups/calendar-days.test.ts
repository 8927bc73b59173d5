import { describe, expect, it } from 'vitest'
import { calendarOf, dateOf, sayDay } from '#features/backups/calendar-days.ts'

/** A Friday, where the test runs. */
const now = new Date(2026, 10, 27, 9)
type Seen = Parameters<typeof calendarOf>[0][number]
const at = (day: number) => new Date(2026, 10, day, 3).toISOString()
const backup = (day: number, given: Partial<Seen> = {}): Seen => ({
  startedAt: at(day),
  state: 'done',
  drill: { state: 'proven', endedAt: at(day), durationMs: 41_000, reason: null },
  ...given,
})

describe('the calendar of backups', () => {
  it('has whole weeks from Monday on, with today in the last one', () => {
    const weeks = calendarOf([], 4, now)

    expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7])
    expect(weeks[0]?.[0]).toMatchObject({ date: '2026-11-02', month: 'Nov' })
    expect(weeks[3]?.[4]).toMatchObject({ date: dateOf(now), isToday: true, isAhead: false })
    expect(weeks[3]?.[5]).toMatchObject({ number: 28, isAhead: true })
  })

  it('shows of each day how many there were, and what somebody should look at before the rest', () => {
    const weeks = calendarOf(
      [
        backup(27),
        backup(27, { drill: null }),
        backup(26),
        backup(25, { state: 'failed', drill: null }),
        backup(25),
      ],
      1,
      now,
    )
    const said = weeks.flat().map(sayDay)

    expect(said.slice(0, 5)).toEqual([
      '23 Nov: no backup',
      '24 Nov: no backup',
      '25 Nov: 2 backups, with a failure',
      '26 Nov: 1 backup, all proven',
      '27 Nov, today: 2 backups, not all proven',
    ])
  })

  it('says of no day that it had none where there are more than were looked through', () => {
    const said = calendarOf([backup(27), backup(25)], 1, now, at(25))
      .flat()
      .map(sayDay)

    expect(said.slice(0, 4)).toEqual([
      '23 Nov: not looked through',
      '24 Nov: not looked through',
      '25 Nov: 1 backup, all proven',
      '26 Nov: no backup',
    ])
  })
})
