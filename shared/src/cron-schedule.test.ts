import { expect, it } from 'vitest'
import { CronSchedule } from './cron-schedule.ts'

it('takes what cron takes', () => {
  for (const text of [
    '* * * * *',
    '*/5 * * * *',
    '0 3 * * mon-fri',
    '15,45 0-6/2 1 jan *',
    ' 0 0  31 12 7 ',
    '@daily',
  ])
    expect(CronSchedule.safeParse(text).success, text).toBe(true)
})

it('refuses the rest, and names the field', () => {
  const why = (text: string): string | undefined =>
    CronSchedule.safeParse(text).error?.issues[0]?.message
  expect(why('60 * * * *')).toBe('The minute must be *, or from 0 to 59.')
  expect(why('0 0 0 * *')).toBe('The day of the month must be *, or from 1 to 31.')
  expect(why('* * * * * *')).toMatch(/^Use five fields/)
  expect(why('@often')).toMatch(/^Use one of @hourly/)
  for (const text of [
    '',
    '*',
    '5-1 * * * *',
    '*/0 * * * *',
    '1/2/3 * * * *',
    '* * L * *',
    'a b c d e',
  ])
    expect(why(text), text).toBeDefined()
})
