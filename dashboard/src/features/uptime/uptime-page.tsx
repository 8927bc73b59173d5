import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  MOST_WITH_INCIDENTS,
  type UptimeCheck,
  type UptimeIncident,
} from '@vastrox/shared/uptime.ts'
import { HeartPulse, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { CheckDialog } from '#features/uptime/check-dialog.tsx'
import { DaysBar } from '#features/uptime/days-bar.tsx'
import { loadUptime } from '#features/uptime/load-uptime.ts'
import { checksQuery, incidentsQuery } from '#features/uptime/queries.ts'
import { CHECK_STATE, sayAvailability } from '#features/uptime/uptime-words.ts'
import { sayValue } from '#lib/say-value.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LongList, type RowPlace } from '#ui/long-list.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'

/** One that answers. */
const ROW_PX = 77

export const load = loadUptime

export function UptimePage() {
  const { data: checks } = useSuspenseQuery(checksQuery)
  const { data: incidents, isError } = useQuery({ ...incidentsQuery, enabled: checks.length > 0 })
  /** Until they are there, of those that will have one. */
  const hasBar = (id: string, index: number): boolean =>
    incidents ? Object.hasOwn(incidents, id) : !isError && index < MOST_WITH_INCIDENTS
  const mayManage = useMay('uptime.manage')
  const [adding, setAdding] = useState(false)
  const down = checks.filter(({ state }) => state === 'down')
  const add = mayManage && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New check')}
    </Button>
  )
  return (
    <Page
      title={t('Uptime')}
      lead={
        down.length > 0
          ? t('Down now: {down}.', { down: down.map(({ name }) => name).join(', ') })
          : t('Every app is looked at from its first day, and any other address that you add.')
      }
      actions={checks.length > 0 && add}
    >
      <Card flush>
        {checks.length === 0 ? (
          <EmptyState
            icon={<HeartPulse size={20} aria-hidden />}
            title={t('Nothing to look at yet')}
            docs="monitoring#uptime"
            actions={add}
          >
            {t(
              'Each app that goes live gets a check of its own. Add an address of HTTP, TCP or TLS elsewhere, and it is looked at from this server.',
            )}
          </EmptyState>
        ) : (
          <LongList
            items={checks.map((check, index) => ({
              id: check.id,
              check,
              hasBar: hasBar(check.id, index),
              incidents: incidents?.[check.id],
            }))}
            guess={ROW_PX}
            Row={CheckRow}
          />
        )}
      </Card>
      <CheckDialog check={adding ? 'new' : undefined} onClose={() => setAdding(false)} />
    </Page>
  )
}

interface ShownCheck {
  id: string
  check: UptimeCheck
  hasBar: boolean
  incidents: readonly UptimeIncident[] | undefined
}

function CheckRow({ item, place }: { item: ShownCheck; place: RowPlace }) {
  const { check, hasBar, incidents } = item
  const { id, name, kind, target, app, state, since, reason, lastMs, availability } = check
  const { label, tone } = CHECK_STATE[state]
  return (
    <li
      {...place}
      className="grid grid-cols-1 items-center gap-x-6 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_15rem]"
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Badge tone={tone} dot>
            {label}
          </Badge>
          <Link
            to="/uptime/$id"
            params={{ id }}
            className="min-w-0 truncate font-medium hover:text-accent hover:underline"
          >
            {name}
          </Link>
        </p>
        <p className="mt-1 truncate text-sm text-muted">
          {app === null
            ? `${kind.toUpperCase()} ${target}`
            : t('app {app}, {target}', { app, target })}
        </p>
        {(state === 'down' || state === 'slow') && reason !== null && (
          <p className={`text-sm break-words ${state === 'down' ? 'text-bad' : 'text-warn'}`}>
            {reason}
            {since !== null && (
              <span className="text-muted">
                {' '}
                {rich(t('since {since}'), { since: <Ago at={since} /> })}
              </span>
            )}
          </p>
        )}
      </div>
      {hasBar ? <DaysBar check={check} incidents={incidents} /> : <span />}
      <dl className="tabular grid grid-cols-3 gap-3 text-sm md:text-right">
        <Share label={t('Day')} percent={availability.day} />
        <Share label={t('90 days')} percent={availability.quarter} />
        <div>
          <dt className="text-muted">{t('Took')}</dt>
          <dd className="font-medium">{sayValue('ms', lastMs)}</dd>
        </div>
      </dl>
    </li>
  )
}

const Share = ({ label, percent }: { label: string; percent: number | null }) => (
  <div>
    <dt className="text-muted">{label}</dt>
    <dd className={percent !== null && percent < 99 ? 'font-medium text-bad' : 'font-medium'}>
      {sayAvailability(percent)}
    </dd>
  </div>
)
