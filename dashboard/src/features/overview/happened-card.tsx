import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { appsQuery } from '#features/apps/queries.ts'
import { type Happening, happeningsOf } from '#features/overview/happenings.ts'
import { latelyQuery } from '#features/overview/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateDot } from '#ui/state.tsx'

const MOST = 12

/** The last deployments of all apps and, for whoever may see it, what people did. */
export function HappenedCard() {
  const mayAudit = useMay('audit.read')
  const apps = useQuery(appsQuery)
  const events = useQuery({ ...latelyQuery, enabled: mayAudit })
  const isReading = apps.isPending || (mayAudit && events.isPending)
  const error = apps.error ?? events.error
  const told = happeningsOf(apps.data ?? [], events.data ?? [], MOST)

  return (
    <Card
      title={t('What happened')}
      flush
      aside={
        mayAudit && (
          <Link to="/audit" className="text-sm text-muted hover:text-ink">
            {t('All of it')}
          </Link>
        )
      }
    >
      {error && (
        <div className="p-4">
          <ErrorNotice
            error={error}
            onRetry={() => void Promise.all([apps.refetch(), mayAudit && events.refetch()])}
          />
        </div>
      )}
      {isReading && !error && <Waiting />}
      {!isReading && told.length === 0 && !error && (
        <EmptyState icon={<History size={20} aria-hidden />} title={t('Nothing yet')}>
          {t('Deployments, and what people change, come here as they happen.')}
        </EmptyState>
      )}
      <ul>
        {!isReading && told.map((happening) => <Line key={happening.key} happening={happening} />)}
      </ul>
    </Card>
  )
}

function Line({ happening: { who, what, at, tone, app, deployment } }: { happening: Happening }) {
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0 sm:px-5">
      <StateDot tone={tone} />
      <p className="min-w-0 flex-1 truncate">
        {app !== undefined && deployment !== undefined ? (
          <Link
            to="/apps/$name/deployments/$number"
            params={{ name: app, number: String(deployment) }}
            className="hover:text-accent"
          >
            <span className="font-medium">{who}</span> <span className="text-muted">{what}</span>
          </Link>
        ) : (
          <>
            <span className="font-medium">{who}</span> <span className="text-muted">{what}</span>
          </>
        )}
      </p>
      <span className="tabular shrink-0 text-sm text-muted">
        <Ago at={at} />
      </span>
    </li>
  )
}

const Waiting = () => (
  <output aria-label={t('Loading')} className="block">
    {Array.from({ length: 6 }, (_, row) => (
      <div
        key={row}
        className="flex items-center gap-3 border-b border-line px-5 py-3 last:border-0"
      >
        <Skeleton className="size-2 rounded-full" />
        <Skeleton className="h-3.5 w-3/5" />
        <Skeleton className="ml-auto h-3 w-14" />
      </div>
    ))}
  </output>
)
