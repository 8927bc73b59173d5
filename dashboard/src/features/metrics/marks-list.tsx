import { Link } from '@tanstack/react-router'
import type { MetricMark } from '@vastrox/shared/metric.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { MARK_TONE, MARK_WORD } from '#ui/plot-marks.ts'
import { PLOT_DOT } from '#ui/plot-tone.ts'

const MOST = 12

/** What happened in the time that is shown, as the charts have it marked. */
export function MarksList({ marks }: { marks: readonly MetricMark[] }) {
  if (marks.length === 0) return null
  const newest = marks.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, MOST)
  return (
    <Card title={t('What happened meanwhile')} lead={t('Marked in each chart.')} flush>
      <ul>
        {newest.map((mark) => (
          <li
            key={`${mark.at} ${mark.kind} ${mark.title}`}
            className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
          >
            <span
              aria-hidden
              className={cx('size-2 shrink-0 rounded-full', PLOT_DOT[MARK_TONE[mark.kind]])}
            />
            <span className="w-24 shrink-0 text-sm text-muted">{MARK_WORD[mark.kind]}</span>
            {mark.link === null ? (
              <span className="min-w-0 flex-1 truncate">{mark.title}</span>
            ) : (
              <Link
                to={pathOf(mark.link)}
                className="min-w-0 flex-1 truncate hover:text-accent hover:underline"
              >
                {mark.title}
              </Link>
            )}
            <span className="shrink-0 text-sm text-muted">
              <Ago at={mark.at} />
            </span>
          </li>
        ))}
      </ul>
      {marks.length > MOST && (
        <p className="px-4 py-2.5 text-sm text-muted sm:px-5">
          {t('and {marks} more in this time', { marks: marks.length - MOST })}
        </p>
      )}
    </Card>
  )
}

/** Only ever a page of this dashboard. */
const pathOf = (link: string): string => (/^\/(?![/\\])/.test(link) ? link : '/')
