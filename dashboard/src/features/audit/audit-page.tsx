import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { AuditEvent, AuditFilter } from '@vastrox/shared/audit-event.ts'
import { Download, ScrollText } from 'lucide-react'
import { Suspense, useState } from 'react'
import { FilterForm } from '#features/audit/filter-form.tsx'
import { auditQuery, queryOf } from '#features/audit/queries.ts'
import { VerifiedCard } from '#features/audit/verified-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LongList, type RowPlace } from '#ui/long-list.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'

const RESULT = {
  ok: { label: t('Done'), tone: 'good' },
  denied: { label: t('Denied'), tone: 'warn' },
  failed: { label: t('Failed'), tone: 'bad' },
} as const

/** One with facts below it. */
const ROW_PX = 67

export const load: Load = ({ readPages }) => readPages(auditQuery({}))

export function AuditPage() {
  const [filter, setFilter] = useState<AuditFilter>({})
  const query = queryOf(filter).toString()

  return (
    <Page
      title={t('Audit')}
      lead={t(
        'Who did what to what, when, with which result. The list can be added to, not changed.',
      )}
      actions={
        <ExternalButton
          href={`/api/v1/audit-events/export${query === '' ? '' : `?${query}`}`}
          download="vastrox-audit.jsonl"
          icon={<Download size={16} aria-hidden />}
        >
          {t('Export')}
        </ExternalButton>
      }
    >
      <div className="space-y-6">
        <VerifiedCard />
        <FilterForm onChange={setFilter} />
        <Card flush>
          <Suspense fallback={<p className="p-5 text-muted">{t('Looking …')}</p>}>
            <Events key={query} filter={filter} />
          </Suspense>
        </Card>
      </div>
    </Page>
  )
}

function Events({ filter }: { filter: AuditFilter }) {
  const query = useSuspenseInfiniteQuery(auditQuery(filter))
  const events = query.data.pages.flatMap(({ items }) => items)
  return (
    <>
      {events.length === 0 && !query.hasNextPage && (
        <EmptyState icon={<ScrollText size={20} aria-hidden />} title={t('Nothing here')}>
          {t('Every change, every look at a secret and every refusal is written down here.')}
        </EmptyState>
      )}
      <LongList items={events} guess={ROW_PX} hasMore={query.hasNextPage} Row={EventRow} />
      {query.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button
            variant="quiet"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? t('Reading …') : t('Show older ones')}
          </Button>
        </div>
      )}
    </>
  )
}

function EventRow({ item: event, place }: { item: AuditEvent; place: RowPlace }) {
  const { label, tone } = RESULT[event.result]
  const facts = [
    ...(event.address === null ? [] : [t('from {address}', { address: event.address })]),
    ...(event.via === null ? [] : [t('by {via}', { via: event.via })]),
    ...Object.entries(event.details).map(([key, value]) => `${key}: ${sayDetail(value)}`),
  ]
  return (
    <li
      {...place}
      className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 border-b border-line px-4 py-2.5 last:border-0 sm:grid-cols-[minmax(0,1fr)_5.5rem_7rem] sm:px-5"
    >
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
      {facts.length > 0 && (
        <p className="col-span-full truncate text-sm text-faint" title={facts.join(' · ')}>
          {facts.join(' · ')}
        </p>
      )}
    </li>
  )
}

const sayDetail = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
