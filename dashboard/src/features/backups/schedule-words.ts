import type { BackupSchedule, Retention } from '@vastrox/shared/backup.ts'
import { language } from '#lib/language.ts'
import { t, tn } from '#lib/words.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const SHORT: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}
/** What most people want, for the form. */
export const SCHEDULES = [
  ['@hourly', t('every hour')],
  ['0 */6 * * *', t('every 6 hours')],
  ['@daily', t('every day')],
  ['@weekly', t('every week')],
  ['@monthly', t('every month')],
] as const

/** "every day", or the cron expression itself where there is no short way to say it. */
export function saySchedule(schedule: string): string {
  const known = SCHEDULES.find(([value]) => value === schedule)
  if (known) return known[1]
  const [minute, hour, day, month, weekday] = fieldsOf(schedule)
  if (isNumber(minute) && isNumber(hour) && month === '*') {
    const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
    if (day === '*' && weekday === '*') return t('every day at {time}', { time })
    if (day === '*' && isNumber(weekday))
      return t('every {weekday} at {time}', {
        weekday: WEEKDAYS[Number(weekday) % 7] ?? '',
        time,
      })
    if (isNumber(day) && weekday === '*')
      return t('on day {day} of every month at {time}', { day, time })
  }
  if (isNumber(minute) && hour === '*' && day === '*' && weekday === '*') return t('every hour')
  return schedule
}

const WEEKDAYS = [
  t('Sunday'),
  t('Monday'),
  t('Tuesday'),
  t('Wednesday'),
  t('Thursday'),
  t('Friday'),
  t('Saturday'),
] as const

/** About how long it is from one run to the next, for saying that one is missing. */
export function intervalOf(schedule: string): number {
  const [minute, hour, day, month, weekday] = fieldsOf(schedule)
  if (month !== '*') return 366 * DAY
  if (day !== '*') return every(day, DAY) ?? 31 * DAY
  if (weekday !== '*') return 7 * DAY
  if (hour !== '*') return every(hour, HOUR) ?? DAY
  return every(minute, 60_000) ?? HOUR
}

/** By when the next backup should have been there; a quarter more and an hour are given to it. */
export const dueBy = ({ schedule }: Pick<BackupSchedule, 'schedule'>, lastAt: string): Date => {
  const interval = intervalOf(schedule)
  return new Date(new Date(lastAt).getTime() + interval + Math.max(HOUR, interval / 4))
}

const fieldsOf = (schedule: string): [string, string, string, string, string] => {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = (
    SHORT[schedule.toLowerCase()] ?? schedule
  ).split(/\s+/)
  return [minute, hour, day, month, weekday]
}

const isNumber = (field: string): boolean => /^\d{1,2}$/.test(field)

/** `* /6` → six of the unit; undefined for what is said otherwise. */
function every(field: string, unit: number): number | undefined {
  const step = /^(?:\*|0)\/(\d{1,2})$/.exec(field)?.[1]
  if (step !== undefined) return Number(step) * unit
  return field.includes(',') ? (unit * 24) / field.split(',').length : undefined
}

const LIST = new Intl.ListFormat(language === 'en' ? 'en-GB' : language)

/** "The newest 7, one a day for 14 days, one a week for 8 weeks and one a month for 6 months." */
export function sayRetention({ last, daily, weekly, monthly }: Retention): string {
  const kept = [
    t('the newest {last}', { last }),
    daily > 0 && tn(daily, 'one a day for {count} day', 'one a day for {count} days'),
    weekly > 0 && tn(weekly, 'one a week for {count} week', 'one a week for {count} weeks'),
    monthly > 0 && tn(monthly, 'one a month for {count} month', 'one a month for {count} months'),
  ].filter((each) => each !== false)
  const text = LIST.format(kept)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** How far back one can go by it, in words. */
export function sayReach({ daily, weekly, monthly }: Retention): string {
  const days = Math.max(daily, weekly * 7, monthly * 30)
  if (days >= 60) return tn(Math.round(days / 30), 'about {count} month', 'about {count} months')
  if (days >= 14) return tn(Math.round(days / 7), 'about {count} week', 'about {count} weeks')
  return days > 0 ? tn(days, '1 day', '{count} days') : t('a few runs')
}
