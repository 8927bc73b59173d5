import { Link } from '@tanstack/react-router'
import type { Alert } from '@vastrox/shared/alert.ts'
import { pathOf, SEVERITY, SUBJECT_WORD } from '#features/alerts/alert-words.ts'
import { exactTime, span, spanBetween } from '#lib/time.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Badge } from '#ui/state.tsx'

/** One alert in a list: what, since when, what came just before. */
export function AlertRow({ alert }: { alert: Alert }) {
  const { severity, title, subject, since, resolvedAt, acknowledgedBy, silencedUntil } = alert
  const { label, tone } = SEVERITY[severity]
  return (
    <li className="border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <Badge tone={resolvedAt === null ? tone : 'idle'} dot>
              {label}
            </Badge>
            <Link
              to="/alerts/$id"
              params={{ id: alert.id }}
              className="min-w-0 font-medium break-words hover:text-accent hover:underline"
            >
              {title}
            </Link>
          </p>
          <p className="mt-1 text-sm text-muted">
            {SUBJECT_WORD[subject.kind]}
            {subject.name !== '' && subject.kind !== 'platform' && ` ${subject.name}`}
            {acknowledgedBy !== null &&
              ` · ${t('{acknowledgedBy} looks after it', { acknowledgedBy })}`}
            {silencedUntil !== null &&
              ` · ${t('silenced until {silencedUntil}', { silencedUntil: exactTime(silencedUntil) })}`}
            {alert.becauseOf !== null && ` · ${t('follows from another alert')}`}
            {alert.isDataMissing && ` · ${t('not measured any more')}`}
          </p>
          <Before alert={alert} />
        </div>
        <p className="tabular text-right text-sm text-muted">
          {resolvedAt === null ? (
            <>{rich(t('since {since}'), { since: <Ago at={since} /> })}</>
          ) : (
            <>
              <Ago at={since} />
              <span className="block">
                {t('lasted {since}', { since: spanBetween(since, resolvedAt) })}
              </span>
            </>
          )}
        </p>
      </div>
    </li>
  )
}

/** Which deployment or other event came just before. */
export function Before({ alert: { before, since } }: { alert: Alert }) {
  if (!before) return null
  const path = pathOf(before.link)
  return (
    <p className="mt-1 text-sm text-muted">
      {t('{at} before:', { at: sayBefore(before.at, since) })}{' '}
      {path === undefined ? (
        before.title
      ) : (
        <Link to={path} className="text-ink underline decoration-line-strong hover:text-accent">
          {before.title}
        </Link>
      )}
    </p>
  )
}

const MINUTE_MS = 60_000
const sayBefore = (before: string, since: string): string =>
  span(
    Math.max(
      MINUTE_MS,
      Math.round((Date.parse(since) - Date.parse(before)) / MINUTE_MS) * MINUTE_MS,
    ),
  ).replace(/ 0 s$/, '')
