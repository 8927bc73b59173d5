import type { BackupSchedule, Retention } from '@vastrox/shared/backup.ts'

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
  ['@hourly', 'every hour'],
  ['0 */6 * * *', 'every 6 hours'],
  ['@daily', 'every day'],
  ['@weekly', 'every week'],
  ['@monthly', 'every month'],
] as const

/** "every day", or the cron expression itself where there is no short way to say it. */
export function saySchedule(schedule: string): string {
  const known = SCHEDULES.find(([value]) => value === schedule)
  if (known) return known[1]
  const [minute, hour, day, month, weekday] = fieldsOf(schedule)
  if (isNumber(minute) && isNumber(hour) && month === '*') {
    const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
    if (day === '*' && weekday === '*') return `every day ${at}`
    if (day === '*' && isNumber(weekday))
      return `every ${WEEKDAYS[Number(weekday) % 7] ?? ''} ${at}`
    if (isNumber(day) && weekday === '*') return `on day ${day} of every month ${at}`
  }
  if (isNumber(minute) && hour === '*' && day === '*' && weekday === '*') return 'every hour'
  return schedule
}

const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
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

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many}`

/** "The newest 7, one a day for 14 days, one a week for 8 weeks and one a month for 6 months." */
export function sayRetention({ last, daily, weekly, monthly }: Retention): string {
  const kept = [
    `the newest ${last}`,
    daily > 0 && `one a day for ${plural(daily, 'day', 'days')}`,
    weekly > 0 && `one a week for ${plural(weekly, 'week', 'weeks')}`,
    monthly > 0 && `one a month for ${plural(monthly, 'month', 'months')}`,
  ].filter((each) => each !== false)
  const text =
    kept.length === 1 ? `${kept[0]}` : `${kept.slice(0, -1).join(', ')} and ${kept.at(-1)}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** How far back one can go by it, in words. */
export function sayReach({ daily, weekly, monthly }: Retention): string {
  const days = Math.max(daily, weekly * 7, monthly * 30)
  if (days >= 60) return `about ${Math.round(days / 30)} months`
  if (days >= 14) return `about ${Math.round(days / 7)} weeks`
  return days > 0 ? plural(days, 'day', 'days') : 'a few runs'
}
