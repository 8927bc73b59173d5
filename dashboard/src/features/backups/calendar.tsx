import type { Backup } from '@vastrox/shared/backup.ts'
import { type CalendarDay, calendarOf, sayDay } from '#features/backups/calendar-days.ts'
import { DAY_LOOK, DaysLegend } from '#features/backups/days-strip.tsx'
import { WEEKS_SHOWN } from '#features/backups/queries.ts'
import { cx } from '#lib/cx.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'

const WEEKDAYS = [t('Mon'), t('Tue'), t('Wed'), t('Thu'), t('Fri'), t('Sat'), t('Sun')]

interface Props {
  backups: readonly Backup[]
  /** Where there are older ones than these that were not read. */
  readSince: string | null
  /** The day whose backups are shown; undefined for all of them. */
  chosen: string | undefined
  onChoose: (date: string | undefined) => void
}

/** The last weeks, a field a day; a click shows what was backed up then. */
export function Calendar({ backups, readSince, chosen, onChoose }: Props) {
  const now = useNow(false)
  return (
    <div className="border-b border-line p-4 sm:p-5">
      <div aria-hidden className="mb-1.5 grid grid-cols-7 gap-1.5 text-xs text-faint">
        {WEEKDAYS.map((day) => (
          <span key={day} className="px-1">
            {day}
          </span>
        ))}
      </div>
      <div className="space-y-1.5">
        {calendarOf(backups, WEEKS_SHOWN, now, readSince).map((week) => (
          <div key={week[0]?.date} className="grid grid-cols-7 gap-1.5">
            {week.map((day) => (
              <Day
                key={day.date}
                day={day}
                isChosen={day.date === chosen}
                onChoose={() => onChoose(day.date === chosen ? undefined : day.date)}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="mt-4">
        <DaysLegend />
      </div>
    </div>
  )
}

interface DayProps {
  day: CalendarDay
  isChosen: boolean
  onChoose: () => void
}

function Day({ day, isChosen, onChoose }: DayProps) {
  if (day.isAhead)
    return (
      <span
        aria-hidden
        className="h-11 rounded-md border border-dashed border-line px-2 py-1 text-xs text-faint sm:h-14"
      />
    )
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      disabled={day.backups === 0}
      onClick={onChoose}
      className={cx(
        'tabular flex h-11 flex-col justify-between rounded-md border px-1.5 py-1 text-left text-xs transition-colors sm:h-14 sm:px-2',
        isChosen ? 'border-accent bg-accent-soft' : 'border-line bg-sunken',
        day.state === 'unread' && 'border-dashed bg-transparent',
        day.backups > 0 && !isChosen && 'hover:border-line-strong hover:bg-hover',
      )}
    >
      <span className="sr-only">{sayDay(day)}</span>
      <span
        aria-hidden
        className={cx('truncate', day.isToday ? 'font-semibold text-accent' : 'text-muted')}
      >
        {day.number}
        {day.month !== undefined && ` ${day.month}`}
      </span>
      {day.backups > 0 && (
        <span aria-hidden className="flex w-full items-center gap-1.5 text-muted">
          <span className={cx('h-1.5 flex-1 rounded-full sm:h-2', DAY_LOOK[day.state])} />
          <span className="hidden sm:inline">{day.backups}</span>
        </span>
      )}
    </button>
  )
}
