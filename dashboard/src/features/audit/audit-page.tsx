import { infiniteQueryOptions, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { ScrollText } from 'lucide-react'
import { api } from '#lib/api.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'

const auditPage = pageOf(AuditEvent)

const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) =>
    api.get(`/audit-events?limit=50${pageParam}`, auditPage, { signal }),
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }) =>
    nextCursor === null ? undefined : `&cursor=${encodeURIComponent(nextCursor)}`,
  staleTime: 0,
})

const RESULT = {
  ok: { label: 'Done', tone: 'good' },
  denied: { label: 'Denied', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
} as const

export function AuditPage() {
  const query = useSuspenseInfiniteQuery(auditQuery)
  const events = query.data.pages.flatMap(({ items }) => items)

  return (
    <Page
      title="Audit"
      lead="Who did what to what, when, with which result. The list can be added to, not changed."
    >
      <Card flush>
        {events.length === 0 && (
          <EmptyState icon={<ScrollText size={20} aria-hidden />} title="Nothing yet">
            Every change, every look at a secret and every refusal is written down here.
          </EmptyState>
        )}
        <ul>
          {events.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
        {query.hasNextPage && (
          <div className="border-t border-line p-3 text-center">
            <Button
              variant="quiet"
              busy={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {query.isFetchingNextPage ? 'Reading …' : 'Show older ones'}
            </Button>
          </div>
        )}
      </Card>
    </Page>
  )
}

function EventRow({ event }: { event: AuditEvent }) {
  const { label, tone } = RESULT[event.result]
  const details = Object.entries(event.details)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 border-b border-line px-4 py-2.5 last:border-0 sm:grid-cols-[minmax(0,1fr)_5.5rem_7rem] sm:px-5">
      <p className="min-w-0">
        <span className="font-medium">{event.actor}</span>{' '}
        <code className="text-accent">{event.action}</code>{' '}
        <span className="break-words">{event.target}</span>
      </p>
      <span className="justify-self-end sm:justify-self-start">
        <Badge tone={tone}>{label}</Badge>
      </span>
      <span className="text-sm text-muted sm:text-right">
        <Ago at={event.at} />
      </span>
      {(details.length > 0 || event.address !== null) && (
        <p className="col-span-full truncate text-sm text-faint">
          {[
            ...(event.address === null ? [] : [`from ${event.address}`]),
            ...details.map(([key, value]) => `${key}: ${sayDetail(value)}`),
          ].join(' · ')}
        </p>
      )}
    </li>
  )
}

const sayDetail = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
