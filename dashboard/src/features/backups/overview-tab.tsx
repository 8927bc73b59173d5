import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { DatabaseBackup, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { addonsQuery, catalogQuery } from '#features/addons/queries.ts'
import { BackUpNow } from '#features/backups/back-up-now.tsx'
import { DaysLegend, DaysStrip } from '#features/backups/days-strip.tsx'
import { ProofBadge } from '#features/backups/proof-badge.tsx'
import { recentBackupsQuery, schedulesQuery, WEEKS_SHOWN } from '#features/backups/queries.ts'
import { saySchedule } from '#features/backups/schedule-words.ts'
import { standingsOf, type SubjectStanding, sumUp } from '#features/backups/standings.ts'
import { keyOf, sayName, sayType } from '#features/backups/subject-words.ts'
import { destinationsQuery } from '#features/destinations/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { Ago } from '#ui/ago.tsx'
import { ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Figure } from '#ui/chart.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Notice } from '#ui/notice.tsx'

export function OverviewTab() {
  const { data: backups } = useSuspenseQuery(recentBackupsQuery)
  const { data: schedules } = useSuspenseQuery(schedulesQuery)
  const { data: destinations } = useSuspenseQuery(destinationsQuery)
  const addons = useKeepers()
  const now = useNow()
  useTitle('Backups')
  const standings = useMemo(
    () => standingsOf({ backups, schedules, addons, days: WEEKS_SHOWN * 7, now }),
    [backups, schedules, addons, now],
  )

  if (destinations.length === 0) return <NoDestination />
  const failing = destinations.filter(({ checkFailure }) => checkFailure !== null)
  return (
    <div className="space-y-5">
      {failing.map(({ name, checkFailure }) => (
        <Notice
          key={name}
          tone="bad"
          title={`What lies in ${name} is not as it should be`}
          actions={
            <ButtonLink size="sm" to="/backups/destinations">
              Look at it
            </ButtonLink>
          }
        >
          {checkFailure}
        </Notice>
      ))}
      <Figures standings={standings} />
      <Card
        title="What there is a way back for"
        lead={sumUp(standings)}
        flush
        footer={standings.length > 0 && <DaysLegend />}
      >
        {standings.length === 0 ? (
          <EmptyState
            icon={<DatabaseBackup size={20} aria-hidden />}
            title="Nothing is backed up yet"
            actions={
              <ButtonLink variant="primary" to="/backups/schedules">
                Make a schedule
              </ButtonLink>
            }
          >
            An app’s page has “Back up now”, which takes its volumes and databases along. A schedule
            does it by itself.
          </EmptyState>
        ) : (
          <ul>
            {standings.map((standing) => (
              <StandingRow key={keyOf(standing.subject)} standing={standing} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}

/** Add-ons that hold something that could be lost. */
function useKeepers() {
  const mayRead = useMay('addon.read')
  const { data: addons } = useQuery({ ...addonsQuery, enabled: mayRead })
  const { data: catalog } = useQuery({ ...catalogQuery, enabled: mayRead })
  return useMemo(() => {
    const keepsNothing = new Set(
      catalog?.flatMap(({ kind, keepsData }) => (keepsData ? [] : [kind])) ?? [],
    )
    return addons?.filter(({ kind }) => !keepsNothing.has(kind)) ?? []
  }, [addons, catalog])
}

function Figures({ standings }: { standings: readonly SubjectStanding[] }) {
  const { data: destinations } = useSuspenseQuery(destinationsQuery)
  const proven = standings.filter(({ proof }) => proof.provenAt !== null && proof.failure === null)
  const look = standings.filter(({ trouble }) => trouble !== undefined && trouble.rank < 2)
  const stored = destinations.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
  const growth = standings.reduce((sum, { growthBytes }) => sum + (growthBytes ?? 0), 0)
  const next = standings
    .flatMap(({ schedule }) => (schedule?.isEnabled && schedule.nextAt ? [schedule.nextAt] : []))
    .toSorted()[0]
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure label="Proven restorable" note={standings.length === 0 ? 'nothing yet' : undefined}>
        {proven.length} of {standings.length}
      </Figure>
      <Figure label="To look at" note={look.length === 0 ? 'all is well' : 'listed first'}>
        {look.length}
      </Figure>
      <Figure
        label="Stored in all"
        note={growth === 0 ? 'deduplicated, encrypted' : `content ${sayGrowth(growth)} in 4 weeks`}
      >
        {sayBytes(stored)}
      </Figure>
      <Figure label="Next by schedule" note={next === undefined ? 'no schedule is on' : undefined}>
        {next === undefined ? '–' : <Until at={next} />}
      </Figure>
    </div>
  )
}

const sayGrowth = (bytes: number): string => `${bytes < 0 ? '−' : '+'}${sayBytes(Math.abs(bytes))}`

function Until({ at }: { at: string }) {
  const now = useNow()
  const minutes = Math.max(0, Math.round((new Date(at).getTime() - now.getTime()) / 60_000))
  if (minutes < 90) return `in ${minutes} min`
  if (minutes < 48 * 60) return `in ${Math.round(minutes / 60)} h`
  return `in ${Math.round(minutes / 1_440)} days`
}

function StandingRow({ standing }: { standing: SubjectStanding }) {
  const { subject, proof, newest, schedule, trouble, days, sizeBytes, growthBytes } = standing
  const isBad = trouble !== undefined && trouble.rank < 2
  return (
    <li
      className={cx(
        'grid grid-cols-1 gap-x-5 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5 lg:grid-cols-[minmax(0,1fr)_auto_10rem_auto] lg:items-center',
        isBad && 'shadow-[inset_3px_0_var(--c-bad)]',
      )}
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <SubjectLink standing={standing} />
          <span className="text-sm text-muted">{sayType(subject.type)}</span>
          <ProofBadge proof={proof} />
        </p>
        <p className="mt-0.5 text-sm text-muted">
          {newest === undefined ? (
            'never'
          ) : (
            <>
              last <Ago at={newest.startedAt} />
            </>
          )}
          {' · '}
          {schedule?.isEnabled === true ? saySchedule(schedule.schedule) : 'no schedule'}
        </p>
        {trouble && (
          <p
            className={cx(
              'mt-1 flex items-start gap-1.5 text-sm break-words',
              isBad ? 'text-bad' : 'text-warn',
            )}
          >
            <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0">{trouble.text}</span>
          </p>
        )}
      </div>
      <DaysStrip days={days} />
      <p className="tabular text-sm text-muted lg:text-right">
        {sizeBytes === null ? 'size unknown' : sayBytes(sizeBytes)}
        {growthBytes !== null && growthBytes !== 0 && (
          <span className="ml-2 lg:ml-0 lg:block">{sayGrowth(growthBytes)} in 4 weeks</span>
        )}
      </p>
      <BackUpNow subject={subject} isMoving={standing.isMoving} size="sm" />
    </li>
  )
}

function SubjectLink({ standing: { subject, newest } }: { standing: SubjectStanding }) {
  const name = sayName(subject)
  const className = 'font-medium break-all hover:text-accent hover:underline'
  if (subject.type === 'addon')
    return (
      <Link to="/addons/$addon/backups" params={{ addon: subject.name }} className={className}>
        {name}
      </Link>
    )
  if (newest)
    return (
      <Link to="/backups/$id" params={{ id: newest.id }} className={className}>
        {name}
      </Link>
    )
  return <span className="font-medium break-all">{name}</span>
}

function NoDestination() {
  const mayManage = useMay('backup.manage')
  return (
    <Card flush>
      <EmptyState
        icon={<DatabaseBackup size={20} aria-hidden />}
        title="Backups need a place to go"
        actions={
          mayManage && (
            <ButtonLink variant="primary" to="/backups/destinations">
              Set up a destination
            </ButtonLink>
          )
        }
      >
        A disk of this server, another server by SFTP, or object storage. Everything is encrypted
        before it leaves, with a key that you are shown once.
      </EmptyState>
    </Card>
  )
}
