const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const shortDate = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const longDate = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const fullTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })
const clockTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** How long ago, in as few words as a list has room for; a date once it is more than a week. */
export function ago(iso: string, now: Date): string {
  const then = new Date(iso)
  const ms = now.getTime() - then.getTime()
  if (ms < 10 * SECOND) return 'just now'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`
  if (ms < 2 * DAY) return 'yesterday'
  if (ms < 7 * DAY) return `${Math.floor(ms / DAY)} days ago`
  return then.getUTCFullYear() === now.getUTCFullYear()
    ? shortDate.format(then)
    : longDate.format(then)
}

/** A span of time with its unit: "840 ms", "12.3 s", "3 min 12 s", "2 h 5 min", "4 days". */
export function span(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
  const days = Math.floor(ms / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

export const spanBetween = (from: string, to: string): string =>
  span(new Date(to).getTime() - new Date(from).getTime())

/** For titles and screen readers: the moment itself, in the reader's own time zone. */
export const exactTime = (iso: string): string => fullTime.format(new Date(iso))

/** For the margin of a log. */
export const clock = (iso: string): string => clockTime.format(new Date(iso))
