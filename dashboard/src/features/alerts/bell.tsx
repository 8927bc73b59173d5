import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { useMay } from '#features/session/queries.ts'
import { cx } from '#lib/cx.ts'
import { t, tn } from '#lib/words.ts'

/** How much is wrong, from anywhere. */
export function AlertBell() {
  const mayRead = useMay('alert.read')
  const { data } = useQuery({ ...alertSummaryQuery, enabled: mayRead })
  if (!mayRead) return null
  const { critical = 0, warning = 0 } = data ?? {}
  const count = critical + warning
  return (
    <Link
      to="/alerts"
      className="relative flex size-9 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink"
    >
      <Bell size={18} aria-hidden />
      <span className="sr-only">
        {count === 0
          ? t('Alerts: nothing is wrong')
          : t('Alerts: {critical}', { critical: sayCounts(critical, warning) })}
      </span>
      {count > 0 && (
        <span
          aria-hidden
          className={cx(
            'tabular absolute -top-0.5 -right-0.5 flex h-4.5 min-w-4.5 items-center justify-center rounded-full px-1 text-xs font-semibold text-canvas',
            critical > 0 ? 'bg-bad' : 'bg-warn',
          )}
        >
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  )
}

const sayCounts = (critical: number, warning: number): string =>
  [
    critical > 0 && t('{critical} critical', { critical }),
    warning > 0 && tn(warning, '{count} warning', '{count} warnings'),
  ]
    .filter((part) => part !== false)
    .join(', ')
