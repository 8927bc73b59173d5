import { decimal } from '#lib/decimal.ts'
import { language } from '#lib/language.ts'
import { t, tn } from '#lib/words.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const shortDate = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const longDate = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})
const fullTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
const clockTime = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' })

/** How long ago, in as few words as a list has room for; a date once it is more than a week. */
export function ago(iso: string, now: Date): string {
  const then = new Date(iso)
  const ms = now.getTime() - then.getTime()
  if (ms < 10 * SECOND) return t('just now')
  if (ms < MINUTE) return t('{seconds} s ago', { seconds: Math.floor(ms / SECOND) })
  if (ms < HOUR) return t('{minutes} min ago', { minutes: Math.floor(ms / MINUTE) })
  if (ms < DAY) return t('{hours} h ago', { hours: Math.floor(ms / HOUR) })
  if (ms < 2 * DAY) return t('yesterday')
  if (ms < 7 * DAY) return tn(Math.floor(ms / DAY), '{count} day ago', '{count} days ago')
  return then.getUTCFullYear() === now.getUTCFullYear()
    ? shortDate.format(then)
    : longDate.format(then)
}

/** A span of time with its unit: "840 ms", "12.3 s", "3 min 12 s", "2 h 5 min", "4 days". */
export function span(ms: number): string {
  if (ms < SECOND) return t('{count} ms', { count: Math.max(0, Math.round(ms)) })
  if (ms < MINUTE) return t('{count} s', { count: decimal(ms / SECOND, 1, 1) })
  if (ms < HOUR) return sayMinutes(ms)
  if (ms < DAY) return sayHours(ms)
  return tn(Math.floor(ms / DAY), '1 day', '{count} days')
}

/** "3 min 12 s", of less than an hour. */
export const sayMinutes = (ms: number): string =>
  t('{minutes} min {seconds} s', {
    minutes: Math.floor(ms / MINUTE),
    seconds: Math.floor((ms % MINUTE) / SECOND),
  })

/** "2 h 5 min". */
export const sayHours = (ms: number): string =>
  t('{hours} h {minutes} min', {
    hours: Math.floor(ms / HOUR),
    minutes: Math.floor((ms % HOUR) / MINUTE),
  })

export const spanBetween = (from: string, to: string): string =>
  span(new Date(to).getTime() - new Date(from).getTime())

/** For titles and screen readers: the moment itself, in the reader's own time zone. */
export const exactTime = (iso: string): string => fullTime.format(new Date(iso))

/** For the margin of a log. */
export const clock = (iso: string): string => clockTime.format(new Date(iso))
