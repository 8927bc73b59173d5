import type { Backup } from '@vastrox/shared/backup.ts'
import { type DayState, stateOfDay } from '#features/backups/standings.ts'
import { language } from '#lib/language.ts'
import { t, tn } from '#lib/words.ts'

type Seen = Pick<Backup, 'startedAt' | 'state' | 'drill' | 'damage'>

export interface CalendarDay {
  /** Of the person's own calendar: `2026-11-27`. */
  date: string
  /** Of the month. */
  number: number
  /** Where it is the first day of its month or of the calendar. */
  month: string | undefined
  isToday: boolean
  isAhead: boolean
  state: DayState
  backups: number
}

const MONTH = new Intl.DateTimeFormat(language, { month: 'short' })
const DATE = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' })
const DAYS = 7

/** The day of a moment where the person is. */
export function dateOf(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** Whole weeks from Monday to Sunday, the last one with today in it. What failed that day outweighs the rest. */
export function calendarOf(
  backups: readonly Seen[],
  weeks: number,
  now: Date,
  readSince: string | null = null,
): CalendarDay[][] {
  const firstRead = readSince === null ? '' : dateOf(new Date(readSince))
  const byDate = Map.groupBy(backups, ({ startedAt }) => dateOf(new Date(startedAt)))
  const sinceMonday = (now.getDay() + DAYS - 1) % DAYS
  const today = dateOf(now)
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: DAYS }, (__, day): CalendarDay => {
      const back = sinceMonday + (weeks - 1 - week) * DAYS - day
      // At noon no change of the clock makes another day of it.
      const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back, 12)
      const date = dateOf(at)
      const own = byDate.get(date) ?? []
      const isFirst = at.getDate() === 1 || (week === 0 && day === 0)
      return {
        date,
        number: at.getDate(),
        month: isFirst ? MONTH.format(at) : undefined,
        isToday: date === today,
        isAhead: date > today,
        state: date < firstRead ? 'unread' : worstOf(own),
        backups: own.length,
      }
    }),
  )
}

function worstOf(backups: readonly Seen[]): DayState {
  const states = backups.map(stateOfDay)
  return (['failed', 'stored', 'proven'] as const).find((state) => states.includes(state)) ?? 'none'
}

const SAID: Record<DayState, string> = {
  failed: t('with a failure'),
  stored: t('not all proven'),
  proven: t('all proven'),
  none: '',
  unread: '',
}

/** For those who do not see the colour. */
export function sayDay({ number, date, isToday, backups, state }: CalendarDay): string {
  const day =
    language === 'en' ? `${number} ${MONTH.format(noonOf(date))}` : DATE.format(noonOf(date))
  const many = backups === 0 ? t('no backup') : tn(backups, '1 backup', '{count} backups')
  const count = state === 'unread' ? t('not looked through') : many
  const said = [count, SAID[state]].filter(Boolean).join(', ')
  return isToday ? t('{day}, today: {said}', { day, said }) : `${day}: ${said}`
}

const noonOf = (date: string): Date => new Date(`${date}T12:00:00`)
