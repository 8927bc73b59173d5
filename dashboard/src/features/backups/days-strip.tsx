import { type DayState, sayDays } from '#features/backups/standings.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

export const DAY_LOOK: Record<DayState, string> = {
  proven: 'bg-good',
  stored: 'bg-faint',
  failed: 'bg-bad',
  none: 'border border-line bg-sunken',
  unread: 'border border-dashed border-line',
}
const WEEK = 7

/** The last weeks, a square a day, newest at the right. On a phone the last two of them. */
export function DaysStrip({ days }: { days: readonly DayState[] }) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn, not loaded
    <div role="img" aria-label={sayDays(days)} className="flex items-end gap-[3px]">
      {days.map((state, index) => (
        <span
          // The days of a strip stand still.
          key={index}
          className={cx(
            'h-5 w-2 rounded-[2px]',
            DAY_LOOK[state],
            state === 'failed' && 'h-3',
            (days.length - index) % WEEK === 0 && index > 0 && 'ml-1',
            days.length - index > 2 * WEEK && 'hidden sm:block',
          )}
        />
      ))}
    </div>
  )
}

/** What the squares say. */
export function DaysLegend() {
  const said = [
    ['proven', t('proven restorable')],
    ['stored', t('stored, not proven')],
    ['failed', 'failed'],
    ['none', t('no backup')],
  ] as const
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {said.map(([state, text]) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden className={cx('size-2.5 rounded-[2px]', DAY_LOOK[state])} />
          {text}
        </li>
      ))}
    </ul>
  )
}
