import { useSuspenseQuery } from '@tanstack/react-query'
import type { ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { CalendarClock, CirclePlay, Plus } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { NewJobForm } from '#features/jobs/new-job-form.tsx'
import { jobsQuery, useChangeJob, useRemoveJob, useRunJob } from '#features/jobs/queries.ts'
import { RunHistory } from '#features/jobs/run-history.tsx'
import { RUN_STATE, sayWhy } from '#features/jobs/run-state.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { exactTime } from '#lib/time.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

export const load: Load = ({ read, params: { name } }) => read(jobsQuery(name))

export function JobsTab() {
  const name = useAppName()
  const { data: jobs } = useSuspenseQuery(jobsQuery(name))
  const mayRun = useMay('app.run')
  const [adding, setAdding] = useState(false)
  useTitle(t('Jobs · {name}', { name }))

  const add = mayRun && (
    <Button variant="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New job')}
    </Button>
  )
  return (
    <div className="space-y-5">
      {jobs.length === 0 ? (
        <Card flush>
          <EmptyState
            icon={<CalendarClock size={20} aria-hidden />}
            title={t('No scheduled jobs')}
            docs="app-config#vastroxjson"
            actions={add}
          >
            {rich(
              t(
                'A job runs a command of the app at certain times, in a container of its own. {code} in vastrox.json or app.json brings jobs with the source.',
              ),
              { code: <code>cron</code> },
            )}
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-muted">
              {t("Each run has the live release's image and env. A deployment does not end it.")}
            </p>
            {add}
          </div>
          {jobs.map((job) => (
            <JobCard key={job.id} app={name} job={job} mayRun={mayRun} />
          ))}
        </>
      )}
      <Dialog open={adding} onClose={() => setAdding(false)} title={t('New job')} wide>
        <NewJobForm app={name} onClose={() => setAdding(false)} />
      </Dialog>
    </div>
  )
}

interface Props {
  app: string
  job: ScheduledJob
  mayRun: boolean
}

function JobCard({ app, job, mayRun }: Props) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <Card
      title={job.name}
      lead={<code className="break-all">{job.command}</code>}
      aside={mayRun && <Verbs app={app} job={job} />}
    >
      <dl className="tabular flex flex-wrap gap-x-8 gap-y-2 text-sm">
        <Fact name="Schedule">
          <code>{job.schedule}</code> <span className="text-muted">{job.timeZone}</span>
        </Fact>
        <Fact name="Next run">{sayNext(job)}</Fact>
        <Fact name="Last run">
          <LastRun job={job} />
        </Fact>
        {job.origin === 'source' && (
          <Fact name="Made by">
            <Badge tone="idle">{t('the source')}</Badge>
          </Fact>
        )}
      </dl>
      <div className="mt-3">
        <Button
          size="sm"
          variant="quiet"
          aria-expanded={open}
          aria-controls={id}
          aria-label={
            open
              ? t('Hide history of {name}', { name: job.name })
              : t('History of {name}', { name: job.name })
          }
          onClick={() => setOpen(!open)}
        >
          {open ? t('Hide history') : t('History')}
        </Button>
        <div id={id} className="mt-1">
          {open && <RunHistory app={app} job={job.name} />}
        </div>
      </div>
    </Card>
  )
}

function sayNext({ nextRunAt, enabled }: ScheduledJob): string {
  if (nextRunAt !== null) return exactTime(nextRunAt)
  return enabled ? t('when the app runs') : t('switched off')
}

function LastRun({ job: { lastRun } }: { job: ScheduledJob }) {
  if (!lastRun) return <span className="text-muted">{t('none yet')}</span>
  const { label, tone } = RUN_STATE[lastRun.state]
  const why = sayWhy(lastRun)
  return (
    <>
      <span className={TONE_TEXT[tone]}>{label}</span>{' '}
      <span className="text-muted">
        {why !== undefined && `(${why}) `}
        <Ago at={lastRun.startedAt} />
      </span>
    </>
  )
}

function Verbs({ app, job }: Omit<Props, 'mayRun'>) {
  const run = useRunJob(app, job.name)
  const change = useChangeJob(app, job.name)
  const [removing, setRemoving] = useState(false)
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="sm"
        icon={<CirclePlay size={14} aria-hidden />}
        busy={run.isPending}
        aria-label={t('Run now: {name}', { name: job.name })}
        onClick={() =>
          run.mutate(undefined, {
            onSuccess: () => toast.good(t('{name} has begun.', { name: job.name })),
            onError: toast.error,
          })
        }
      >
        {t('Run now')}
      </Button>
      <Button
        size="sm"
        variant="quiet"
        busy={change.isPending}
        aria-label={`${job.enabled ? t('Switch off') : t('Switch on')} ${job.name}`}
        onClick={() => change.mutate({ enabled: !job.enabled }, { onError: toast.error })}
      >
        {job.enabled ? t('Switch off') : t('Switch on')}
      </Button>
      {job.origin === 'user' && (
        <>
          <Button
            size="sm"
            variant="quiet"
            aria-label={t('Remove {name}', { name: job.name })}
            onClick={() => setRemoving(true)}
          >
            {t('Remove …')}
          </Button>
          <RemoveDialog app={app} job={job} open={removing} onClose={() => setRemoving(false)} />
        </>
      )}
    </div>
  )
}

interface RemoveProps extends Omit<Props, 'mayRun'> {
  open: boolean
  onClose: () => void
}

function RemoveDialog({ app, job, open, onClose }: RemoveProps) {
  const remove = useRemoveJob(app, job.name)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Remove {name}', { name: job.name })}
      lead={t('Its history and logs go with it. A run under way is stopped.')}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => remove.mutate(undefined, { onSuccess: onClose, onError: toast.error })}
        >
          {t('Remove')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt className="text-muted">{name}</dt>
    <dd>{children}</dd>
  </div>
)
