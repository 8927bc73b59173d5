import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { UptimeCheckDetails } from '@vastrox/shared/uptime.ts'
import { ChevronRight, Pencil } from 'lucide-react'
import { useState } from 'react'
import { ChartGrid } from '#features/metrics/chart-grid.tsx'
import type { ChartSpec } from '#features/metrics/chart-lines.ts'
import { Section } from '#features/metrics/metrics-tab.tsx'
import { metricsQuery } from '#features/metrics/queries.ts'
import { RangeBar } from '#features/metrics/range-bar.tsx'
import { useSpan } from '#features/metrics/use-span.ts'
import { useMay } from '#features/session/queries.ts'
import { CheckDialog } from '#features/uptime/check-dialog.tsx'
import { DaysBar } from '#features/uptime/days-bar.tsx'
import { checkQuery, useChangeCheck, useRemoveCheck } from '#features/uptime/queries.ts'
import { CHECK_STATE, sayAvailability, sayRhythm } from '#features/uptime/uptime-words.ts'
import type { Load } from '#lib/load.ts'
import { sayValue } from '#lib/say-value.ts'
import { exactTime, spanBetween } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Figure } from '#ui/chart.tsx'
import { Notice } from '#ui/notice.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read, params: { id } }) => read(checkQuery(id))

/** One check: how it is, how it was, and each time that it was down. */
export function CheckPage() {
  const { id = '' } = useParams({ strict: false })
  const { data: check } = useSuspenseQuery(checkQuery(id))
  const { name, app, isOn, state, reason, availability, lastMs, certificateDays } = check
  const { label, tone } = CHECK_STATE[state]
  useTitle(t('Uptime check'))
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8">
      <nav aria-label={t('Path')} className="mb-3 flex items-center gap-1 text-sm text-muted">
        <Link to="/uptime" className="hover:text-ink">
          {t('Uptime')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{name}</span>
      </nav>
      <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold tracking-tight break-words">{name}</h1>
            <Badge tone={tone} dot>
              {label}
            </Badge>
          </div>
          <p className="mt-1 break-all text-muted">
            {check.kind.toUpperCase()} {check.kind === 'http' && `${check.method} `}
            {check.target} · {sayRhythm(check)}
          </p>
        </div>
        <Acts check={check} />
      </header>
      <div className="space-y-5">
        {(state === 'down' || state === 'slow') && reason !== null && (
          <Notice tone={state === 'down' ? 'bad' : 'warn'} title={reason}>
            {check.since !== null && (
              <>
                {rich(t('Since {since}, {since2}.'), {
                  since: exactTime(check.since),
                  since2: <Ago at={check.since} />,
                })}
              </>
            )}
          </Notice>
        )}
        {state === 'paused' && (
          <Notice tone="info" title={t('It is not looked at')}>
            {isOn
              ? (reason ??
                t('The app sleeps, is stopped or is in maintenance; that is no failure.'))
              : t('It was switched off.')}
          </Notice>
        )}
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-5">
          <Figure label={t('Last day')}>{sayAvailability(availability.day)}</Figure>
          <Figure label={t('Last week')}>{sayAvailability(availability.week)}</Figure>
          <Figure label={t('Last 90 days')}>{sayAvailability(availability.quarter)}</Figure>
          <Figure
            label={t('Last look')}
            note={check.lastAt === null ? t('not yet') : <Ago at={check.lastAt} />}
          >
            {sayValue('ms', lastMs)}
          </Figure>
          <Figure
            label={t('Certificate')}
            note={certificateDays === null ? t('none seen') : t('until it ends')}
          >
            {sayValue('days', certificateDays)}
          </Figure>
        </div>
        <Card title={t('Last 60 days')}>
          <DaysBar check={check} incidents={check.incidents} />
          <p className="mt-2 flex justify-between text-sm text-muted">
            <span>{t('60 days ago')}</span>
            <span>{t('today')}</span>
          </p>
        </Card>
        <Took id={id} />
        <Expectations check={check} />
        <Incidents check={check} />
        {app !== null && (
          <p className="text-sm text-muted">
            {rich(
              t(
                'It belongs to {app}: it is asked of the proxy on this server, does not wake an app that sleeps, and goes with the app.',
              ),
              {
                app: (
                  <Link
                    to="/apps/$name"
                    params={{ name: app }}
                    className="underline hover:text-accent"
                  >
                    {app}
                  </Link>
                ),
              },
            )}
          </p>
        )}
      </div>
    </div>
  )
}

const TOOK: readonly ChartSpec[] = [
  {
    title: t('How long a look took'),
    lines: [{ metric: 'took', name: t('Took'), tone: 'accent' }],
  },
  {
    title: t('Looks that found it well'),
    lines: [{ metric: 'up', name: t('Up'), tone: 'good', how: 'avg' }],
    atLeast: 100,
  },
]

function Took({ id }: { id: string }) {
  const { span, set, zoom, zoomOut } = useSpan()
  const { data, error, refetch, isPlaceholderData } = useQuery(
    metricsQuery(`/uptime-checks/${id}`, span, { metrics: ['took', 'up'] }),
  )
  return (
    <Section
      title={t('Over time')}
      error={error}
      onRetry={() => void refetch()}
      aside={<RangeBar span={span} onChange={set} />}
    >
      <ChartGrid
        specs={TOOK}
        reply={data}
        isOld={isPlaceholderData}
        group={t('check {id}', { id })}
        onZoom={zoom}
        onZoomOut={zoomOut}
      />
    </Section>
  )
}

function Acts({ check }: { check: UptimeCheckDetails }) {
  const mayManage = useMay('uptime.manage')
  const navigate = useNavigate()
  const change = useChangeCheck()
  const remove = useRemoveCheck()
  const [editing, setEditing] = useState(false)
  const [removing, setRemoving] = useState(false)
  const { id, name, app, isOn } = check
  if (!mayManage) return null
  return (
    <div className="flex flex-wrap gap-2">
      <Button icon={<Pencil size={15} aria-hidden />} onClick={() => setEditing(true)}>
        {t('Change')}
      </Button>
      <Button
        busy={change.isPending}
        onClick={() => change.mutate({ id, isOn: !isOn }, { onError: toast.error })}
      >
        {isOn ? t('Switch off') : t('Switch on')}
      </Button>
      {app === null && <Button onClick={() => setRemoving(true)}>{t('Remove')}</Button>}
      <CheckDialog check={editing ? check : undefined} onClose={() => setEditing(false)} />
      <RemoveDialog
        name={removing ? name : undefined}
        lead={t('It is not looked at any more, and its history goes with it.')}
        busy={remove.isPending}
        onClose={() => setRemoving(false)}
        onRemove={() =>
          remove.mutate(id, {
            onSuccess: () => void navigate({ to: '/uptime' }),
            onError: toast.error,
          })
        }
      />
    </div>
  )
}

function Expectations({ check: { expect, followRedirects, kind } }: { check: UptimeCheckDetails }) {
  const { status, contains, header, slowMs, certificateDays } = expect
  const words = [
    ...(kind === 'http'
      ? [status === undefined ? t('answers below 400') : t('answers {status}', { status })]
      : []),
    ...(contains === undefined ? [] : [t('contains “{contains}”', { contains })]),
    ...(header === undefined ? [] : [t('has the header {header}', { header })]),
    ...(slowMs === undefined ? [] : [t('within {slowMs} ms, or it is slow', { slowMs })]),
    ...(certificateDays === undefined
      ? []
      : [t('its certificate lasts {certificateDays} days or more', { certificateDays })]),
    ...(followRedirects ? [t('redirects are followed')] : []),
  ]
  if (words.length === 0) return null
  return (
    <Card title={t('What is expected')}>
      <ul className="list-disc space-y-1 pl-5">
        {words.map((each) => (
          <li key={each} className="break-words">
            {each}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Incidents({ check: { incidents } }: { check: UptimeCheckDetails }) {
  const now = useNow()
  return (
    <Card title={t('When it was down')} flush>
      {incidents.length === 0 ? (
        <p className="px-4 py-5 text-muted sm:px-5">{t('Never since it is looked at.')}</p>
      ) : (
        <ul>
          {incidents.map(({ startedAt, endedAt, reason }) => (
            <li
              key={startedAt}
              className="grid grid-cols-[minmax(0,1fr)_auto] gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5"
            >
              <div className="min-w-0">
                <p className="break-words">{reason}</p>
                <p className="tabular text-sm text-muted">{exactTime(startedAt)}</p>
              </div>
              <p className="tabular text-sm text-muted">
                {endedAt === null ? (
                  <span className="text-bad">
                    {t('for {startedAt}', { startedAt: spanBetween(startedAt, now.toISOString()) })}
                  </span>
                ) : (
                  spanBetween(startedAt, endedAt)
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
