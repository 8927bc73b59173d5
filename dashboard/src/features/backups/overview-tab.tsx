import { useSuspenseQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CalendarPlus, DatabaseBackup, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { BackUpNow } from '#features/backups/back-up-now.tsx'
import { DaysLegend, DaysStrip } from '#features/backups/days-strip.tsx'
import { ProofBadge } from '#features/backups/proof-badge.tsx'
import {
  recentBackupsQuery,
  schedulesQuery,
  subjectsQuery,
  useCreateSchedule,
  WEEKS_SHOWN,
} from '#features/backups/queries.ts'
import { saySchedule } from '#features/backups/schedule-words.ts'
import { countUp, standingsOf, type SubjectStanding, sumUp } from '#features/backups/standings.ts'
import { keyOf, refOf, sayName, sayType } from '#features/backups/subject-words.ts'
import { destinationsQuery } from '#features/destinations/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import type { Load } from '#lib/load.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t, tn } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Figure } from '#ui/chart.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) =>
  Promise.all([
    read(subjectsQuery),
    read(recentBackupsQuery),
    read(schedulesQuery),
    read(destinationsQuery),
  ])

export function OverviewTab() {
  const [{ data: subjects }, { data: recent }, { data: schedules }, { data: destinations }] =
    useSuspenseQueries({
      queries: [subjectsQuery, recentBackupsQuery, schedulesQuery, destinationsQuery],
    })
  const now = useNow()
  useTitle(t('Backups'))
  const standings = useMemo(
    () => standingsOf({ subjects, ...recent, schedules, days: WEEKS_SHOWN * 7, now }),
    [subjects, recent, schedules, now],
  )

  if (destinations.length === 0) return <NoDestination />
  const failing = destinations.filter(({ checkFailure }) => checkFailure !== null)
  return (
    <div className="space-y-5">
      {failing.map(({ name, checkFailure }) => (
        <Notice
          key={name}
          tone="bad"
          title={t('What lies in {name} is not as it should be', { name })}
          actions={
            <ButtonLink size="sm" to="/backups/destinations">
              {t('Look at it')}
            </ButtonLink>
          }
        >
          {checkFailure}
        </Notice>
      ))}
      <Figures standings={standings} />
      <Card
        title={t('What there is a way back for')}
        lead={sumUp(standings)}
        flush
        footer={standings.length > 0 && <DaysLegend />}
      >
        {standings.length === 0 ? (
          <EmptyState
            icon={<DatabaseBackup size={20} aria-hidden />}
            title={t('There is nothing to back up yet')}
          >
            {t(
              'Apps, their volumes and databases come here as they are made, with a button that backs each up and a schedule that does it by itself.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {standings.map((standing) => (
              <StandingRow key={keyOf(standing.overview.subject)} standing={standing} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}

function Figures({ standings }: { standings: readonly SubjectStanding[] }) {
  const { all, proven, failed, late } = countUp(standings)
  const sum = (of: (standing: SubjectStanding) => number) =>
    standings.reduce((total, standing) => total + of(standing), 0)
  const grown = sum(({ overview }) => overview.grownBytes)
  const next = standings
    .flatMap(({ schedule }) => (schedule?.isEnabled && schedule.nextAt ? [schedule.nextAt] : []))
    .toSorted()[0]
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure label={t('Proven restorable')} note={t('by putting them back')}>
        {t('{proven} of {all}', { proven, all })}
      </Figure>
      <Figure
        label={t('To look at')}
        note={failed + late === 0 ? t('all is well') : t('listed first')}
      >
        {failed + late}
      </Figure>
      <Figure
        label={t('Stored in all')}
        note={
          grown === 0
            ? t('deduplicated, encrypted')
            : t('{grown} in 30 days', { grown: sayGrowth(grown) })
        }
      >
        {sayBytes(sum(({ overview }) => overview.storedBytes))}
      </Figure>
      <Figure
        label={t('Next by schedule')}
        note={next === undefined ? t('no schedule is on') : t('or soon after')}
      >
        {next === undefined ? '–' : <Until at={next} />}
      </Figure>
    </div>
  )
}

const sayGrowth = (bytes: number): string => `${bytes < 0 ? '−' : '+'}${sayBytes(Math.abs(bytes))}`

function Until({ at }: { at: string }) {
  const now = useNow()
  const minutes = Math.max(0, Math.round((new Date(at).getTime() - now.getTime()) / 60_000))
  if (minutes < 90) return t('in {count} min', { count: minutes })
  if (minutes < 48 * 60) return t('in {count} h', { count: Math.round(minutes / 60) })
  return tn(Math.round(minutes / 1_440), 'in {count} day', 'in {count} days')
}

function StandingRow({ standing }: { standing: SubjectStanding }) {
  const { overview, newest, schedule, trouble, days, isMoving } = standing
  const { subject, isThere, proof, backups, sizeBytes, grownBytes, proposedSchedule } = overview
  const isBad = trouble !== undefined && trouble.rank < 2
  return (
    <li
      className={cx(
        'grid grid-cols-1 gap-x-5 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5 lg:grid-cols-[minmax(0,1fr)_20.5rem_8.5rem_9.5rem] lg:items-center',
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
            t('no backup in four weeks')
          ) : (
            <>{rich(t('last {startedAt}'), { startedAt: <Ago at={newest.startedAt} /> })}</>
          )}
          {isThere
            ? ` · ${schedule?.isEnabled === true ? saySchedule(schedule.schedule) : t('no schedule')}`
            : ` · ${t('it has gone, its backups are what is left')}`}
        </p>
        {trouble && (
          <p
            className={cx(
              'mt-1 flex items-start gap-1.5 text-sm',
              isBad ? 'text-bad' : 'text-warn',
            )}
          >
            <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0 break-words">{trouble.text}</span>
          </p>
        )}
      </div>
      <DaysStrip days={days} />
      <p className="tabular text-sm text-muted lg:text-right">
        {sizeBytes === null ? '–' : sayBytes(sizeBytes)}
        <span className="ml-2 lg:ml-0 lg:block">
          {tn(backups, '1 backup', '{count} backups')}
          {grownBytes > 0 && `, ${sayGrowth(grownBytes)}`}
        </span>
      </p>
      <div className="flex flex-wrap gap-2 lg:flex-col lg:items-stretch">
        {isThere && <BackUpNow subject={subject} isMoving={isMoving} size="sm" />}
        {proposedSchedule !== null && <ScheduleIt subject={subject} schedule={proposedSchedule} />}
      </div>
    </li>
  )
}

/** The schedule that it should have, in one click. */
function ScheduleIt({
  subject,
  schedule,
}: {
  subject: SubjectStanding['overview']['subject']
  schedule: string
}) {
  const mayManage = useMay('backup.manage')
  const create = useCreateSchedule()
  if (!mayManage) return null
  return (
    <Button
      size="sm"
      variant="quiet"
      busy={create.isPending}
      aria-label={t('Do it {schedule}: {subject}', {
        schedule: saySchedule(schedule),
        subject: sayName(subject),
      })}
      icon={<CalendarPlus size={15} aria-hidden />}
      onClick={() =>
        create.mutate(
          { subject: refOf(subject), schedule },
          {
            onSuccess: () =>
              toast.good(
                t('{subject} is backed up {schedule} from now on.', {
                  subject: sayName(subject),
                  schedule: saySchedule(schedule),
                }),
              ),
            onError: toast.error,
          },
        )
      }
    >
      {t('Do it {schedule}', { schedule: saySchedule(schedule) })}
    </Button>
  )
}

function SubjectLink({ standing }: { standing: SubjectStanding }) {
  const { overview, newest } = standing
  const { subject, isThere } = overview
  const name = sayName(subject)
  const className = 'font-medium break-all hover:text-accent hover:underline'
  if (subject.type === 'addon' && isThere)
    return (
      <Link to="/addons/$addon/backups" params={{ addon: subject.name }} className={className}>
        {name}
      </Link>
    )
  const [app] = subject.name.split('/')
  if (isThere && app !== undefined && (subject.type === 'app' || subject.type === 'volume'))
    return (
      <Link to="/apps/$name/backups" params={{ name: app }} className={className}>
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
        title={t('Backups need a place to go')}
        actions={
          mayManage && (
            <ButtonLink variant="primary" to="/backups/destinations">
              {t('Set up a destination')}
            </ButtonLink>
          )
        }
      >
        {t(
          'A disk of this server, another server by SFTP, or object storage. Everything is encrypted before it leaves, with a key that you are shown once.',
        )}
      </EmptyState>
    </Card>
  )
}
