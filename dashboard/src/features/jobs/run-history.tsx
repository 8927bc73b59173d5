import { useQuery } from '@tanstack/react-query'
import { type Run, RunLogLine } from '@vastrox/shared/run.ts'
import { useId, useMemo, useState } from 'react'
import { jobRunsQuery, runLogQuery } from '#features/jobs/queries.ts'
import { RUN_STATE, sayWhy } from '#features/jobs/run-state.ts'
import { spanBetween } from '#lib/time.ts'
import { useLines } from '#lib/use-lines.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { type LogRow, LogView } from '#ui/log-view.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { StateDot } from '#ui/state.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

/** The last runs of a job, newest first, each with its log. */
export function RunHistory({ app, job }: { app: string; job: string }) {
  const runs = useQuery(jobRunsQuery(app, job))
  if (runs.error) return <ErrorNotice error={runs.error} onRetry={() => void runs.refetch()} />
  if (!runs.data) return <p className="text-sm text-muted">{t('Reading …')}</p>
  if (runs.data.length === 0)
    return <p className="text-sm text-muted">{t('It has not run yet.')}</p>
  return (
    <ul aria-label={t('Runs of {job}', { job })}>
      {runs.data.map((run) => (
        <RunRow key={run.id} app={app} run={run} />
      ))}
    </ul>
  )
}

/** These never had a container: there is no log to read. */
const WITHOUT_LOG: readonly Run['state'][] = ['skipped', 'missed']

function RunRow({ app, run }: { app: string; run: Run }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const { label, tone } = RUN_STATE[run.state]
  const why = sayWhy(run)
  return (
    <li className="border-b border-line py-2 last:border-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="flex items-center gap-2">
          <StateDot tone={tone} />
          <span className={TONE_TEXT[tone]}>{label}</span>
        </span>
        {why !== undefined && <span className="min-w-0 break-words text-muted">{why}</span>}
        <span className="tabular ml-auto flex flex-wrap items-center gap-x-4 text-muted">
          {run.endedAt !== null && !WITHOUT_LOG.includes(run.state) && (
            <span>{spanBetween(run.startedAt, run.endedAt)}</span>
          )}
          <Ago at={run.startedAt} />
          {!WITHOUT_LOG.includes(run.state) && (
            <Button
              size="sm"
              variant="quiet"
              aria-expanded={open}
              aria-controls={id}
              aria-label={
                open
                  ? t('Hide log of run {number}', { number: run.number })
                  : t('Log of run {number}', { number: run.number })
              }
              onClick={() => setOpen(!open)}
            >
              {open ? t('Hide log') : t('Log')}
            </Button>
          )}
        </span>
      </div>
      <div id={id}>{open && <RunLog app={app} run={run} />}</div>
    </li>
  )
}

const seqOf = (line: RunLogLine): number => line.seq
const isLast = (line: RunLogLine): boolean => line.kind === 'done'
const LOOK = { step: 'step', error: 'error', output: 'plain', done: 'step' } as const

/** Followed while it runs, as it was kept once it has ended. */
function RunLog({ app, run }: { app: string; run: Run }) {
  const ended = run.endedAt !== null
  const kept = useQuery({ ...runLogQuery(app, run.number), enabled: ended })
  const stream = useLines({
    url: ended ? undefined : `/api/v1/apps/${app}/runs/${run.number}/log/stream`,
    schema: RunLogLine,
    seqOf,
    isLast,
  })
  const rows = useMemo(
    () =>
      (kept.data ?? stream.lines.map(({ line }) => line)).map(
        ({ seq, at, kind, text }): LogRow => ({ id: seq, at, look: LOOK[kind], text }),
      ),
    [kept.data, stream.lines],
  )
  if (kept.error) return <ErrorNotice error={kept.error} onRetry={() => void kept.refetch()} />
  return (
    <LogView
      rows={rows}
      label={t('Log of run {number}', { number: run.number })}
      empty={kept.data ? t('It printed nothing.') : t('Waiting for the first line …')}
      className="mt-2 h-64 overflow-hidden rounded-md border border-line"
    />
  )
}
