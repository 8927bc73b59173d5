import type { UptimeCheck, UptimeIncident } from '@vastrox/shared/uptime.ts'
import { decimal } from '#lib/decimal.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

export const CHECK_STATE: Record<UptimeCheck['state'], { label: string; tone: Tone }> = {
  up: { label: t('Up'), tone: 'good' },
  slow: { label: t('Slow'), tone: 'warn' },
  down: { label: t('Down'), tone: 'bad' },
  waiting: { label: t('Not looked yet'), tone: 'idle' },
  paused: { label: t('Paused'), tone: 'idle' },
}

/** A share in percent: 100 only where nothing at all was missed. */
export function sayAvailability(percent: number | null): string {
  if (percent === null) return '–'
  if (percent >= 100) return '100 %'
  return `${decimal(Math.min(percent, 99.999), percent >= 99 ? 3 : 2)} %`
}

export type DayLook = 'up' | 'short' | 'down' | 'unknown'

export interface UptimeDay {
  date: string
  look: DayLook
  downMs: number
}

const DAY_MS = 86_400_000
const SHORT_MS = 15 * 60_000

/** Each of the last days with how long it was down, the oldest first; before it was looked at nothing is known. */
export function daysOf(
  incidents: readonly UptimeIncident[],
  createdAt: string,
  days: number,
  now: Date,
): UptimeDay[] {
  const today = Math.floor(now.getTime() / DAY_MS)
  return Array.from({ length: days }, (_, index) => {
    const from = (today - days + 1 + index) * DAY_MS
    const to = Math.min(from + DAY_MS, now.getTime())
    const date = new Date(from).toISOString().slice(0, 10)
    if (to <= Date.parse(createdAt)) return { date, look: 'unknown', downMs: 0 }
    const downMs = incidents.reduce((sum, { startedAt, endedAt }) => {
      const begin = Math.max(from, Date.parse(startedAt))
      const end = Math.min(to, endedAt === null ? now.getTime() : Date.parse(endedAt))
      return sum + Math.max(0, end - begin)
    }, 0)
    return { date, downMs, look: downMs === 0 ? 'up' : downMs < SHORT_MS ? 'short' : 'down' }
  })
}

/** `every 60 s, at most 10 s` */
export const sayRhythm = ({
  everyMs,
  timeoutMs,
}: Pick<UptimeCheck, 'everyMs' | 'timeoutMs'>): string => {
  const timeout = timeoutMs / 1_000
  return everyMs < 120_000
    ? t('every {seconds} s, waits {timeout} s', { seconds: everyMs / 1_000, timeout })
    : t('every {minutes} min, waits {timeout} s', {
        minutes: Math.round(everyMs / 60_000),
        timeout,
      })
}
