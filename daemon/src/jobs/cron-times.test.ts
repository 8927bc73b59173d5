import { describe, expect, it } from 'vitest'
import { cronTimes } from '#jobs/cron-times.ts'

function timesOf(schedule: string, timeZone: string, from: string, count: number): string[] {
  const times: string[] = []
  let at: Date | undefined = new Date(from)
  for (let turn = 0; turn < count && at; turn += 1) {
    at = cronTimes.next(schedule, timeZone, at)
    if (at) times.push(at.toISOString().replace(':00.000Z', 'Z'))
  }
  return times
}

describe('the times of a schedule', () => {
  it('that clocks leave out in spring come right after, and once', () => {
    expect(timesOf('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 4)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ])
  })

  it('that come twice in autumn count once', () => {
    expect(timesOf('30 2 * * *', 'Europe/Berlin', '2026-10-23T12:00Z', 4)).toEqual([
      '2026-10-24T00:30Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
      '2026-10-27T01:30Z',
    ])
  })

  it('in even steps go on in even steps over both changes', () => {
    const spring = timesOf('*/30 * * * *', 'America/New_York', '2026-03-08T05:59Z', 6)
    const autumn = timesOf('*/30 * * * *', 'America/New_York', '2026-11-01T04:59Z', 6)
    const steps = (times: string[]): number[] =>
      times
        .slice(1)
        .map((at, before) => (Date.parse(at) - Date.parse(times[before] ?? '')) / 60_000)

    expect(steps(spring)).toEqual([30, 30, 30, 30, 30])
    expect(steps(autumn)).toEqual([30, 30, 30, 30, 30])
  })

  it('are those of the time zone, half hours and all', () => {
    expect(timesOf('0 9 * * 1-5', 'Asia/Kolkata', '2026-11-27T00:00Z', 2)).toEqual([
      '2026-11-27T03:30Z',
      '2026-11-30T03:30Z',
    ])
    expect(timesOf('@daily', 'UTC', '2026-11-27T00:00Z', 1)).toEqual(['2026-11-28T00:00Z'])
  })
})

describe('a schedule', () => {
  it.each(['* * * * *', '*/5 8-18 * * MON-FRI', '0 0 1 1 *', '@hourly', '@weekly', ' 0 3 * * 0 '])(
    '%s is one',
    (schedule) => {
      expect(cronTimes.check(schedule, 'Europe/Berlin')).toBeUndefined()
    },
  )

  it.each([
    ['* * * *', /five/],
    ['* * * * * *', /5 parts/],
    ['61 * * * *', /minute/],
    ['*/0 * * * *', /stepping/],
    ['0 0 30 2 *', /never comes/],
    ['@reboot', /@reboot/],
    ['every day', /./],
    ['$(reboot) * * * *', /./],
  ])('%s is none, and it is said why', (schedule, why) => {
    expect(cronTimes.check(schedule, 'UTC')).toMatch(why)
  })

  it('has a time zone that there is', () => {
    expect(cronTimes.check('@daily', 'Mars/Olympus')).toBe(
      'Mars/Olympus is no time zone; Europe/Berlin is one.',
    )
  })
})
