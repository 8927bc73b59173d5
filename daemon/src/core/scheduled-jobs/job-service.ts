import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { Run } from '@vastrox/shared/run.ts'
import {
  type ChangeJob,
  type CreateJob,
  JobName,
  type ScheduledJob,
} from '@vastrox/shared/scheduled-job.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { type Runs, showRun } from '#core/processes/runs.ts'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'
import type { DueJobs } from '#core/scheduled-jobs/due-jobs.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { JobRecord, JobStore } from '#store/job-store.ts'
import type { RunStore } from '#store/run-store.ts'

interface Deps {
  apps: AppStore
  jobs: JobStore
  runs: RunStore
  running: Pick<Runs, 'underWayOfJob' | 'stop'>
  due: Pick<DueJobs, 'runNow'>
  times: CronTimes
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  /** The scheduler looks again: another time may be the next one. */
  onChange: () => void
}

const MOST_JOBS = 50
const OF_SOURCE: readonly (keyof ChangeJob)[] = ['enabled', 'runLate']

/** The scheduled jobs of apps. What starts them is core/scheduled-jobs/due-jobs.ts. */
export function createJobService(deps: Deps) {
  const { apps, jobs, runs, running, times, audit, clock, transact } = deps

  function findApp(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  function find(actor: Actor, appName: string, name: string): { app: AppRecord; job: JobRecord } {
    const app = findApp(actor, appName)
    const job = jobs.findByName(actor, app.id, name)
    if (!job) throw new CodedError('JOB_NOT_FOUND', { app: appName, job: name })
    return { app, job }
  }

  function findToChange(actor: Actor, appName: string, name: string) {
    const found = find(actor, appName, name)
    mustBeAble(actor, 'app.run', found.app.id)
    return found
  }

  function mustBeSchedule(schedule: string, timeZone: string): void {
    const reason = times.check(schedule, timeZone)
    if (reason !== undefined) throw new CodedError('JOB_INVALID', { reason })
  }

  function changed(app: AppRecord, job: JobRecord): void {
    const { teamId, name } = app
    deps.events.emit({ teamId, type: 'jobs.changed', app: name, subject: job.id })
    deps.onChange()
  }

  function show(app: AppRecord, job: JobRecord): ScheduledJob {
    const [last] = runs.listOfJobForPlatform(job.id, 1)
    const isActive = job.enabled && app.wanted && app.liveReleaseId !== null
    const next = isActive ? times.next(job.schedule, job.timeZone, clock.now()) : undefined
    return {
      id: job.id,
      name: job.name,
      origin: job.origin,
      schedule: job.schedule,
      timeZone: job.timeZone,
      command: job.command,
      overlap: job.overlap,
      timeoutMs: job.timeoutMs,
      memoryBytes: job.memoryBytes,
      runLate: job.runLate,
      enabled: job.enabled,
      nextRunAt: next?.toISOString() ?? null,
      running: running.underWayOfJob(job.id).length,
      lastRun: last ? showRun(last) : null,
      createdAt: job.createdAt,
    }
  }

  return {
    /** By name. */
    list(actor: Actor, appName: string): ScheduledJob[] {
      const app = findApp(actor, appName)
      mustBeAble(actor, 'logs.read', app.id)
      return jobs.listForApp(actor, app.id).map((job) => show(app, job))
    },

    get(actor: Actor, appName: string, name: string): ScheduledJob {
      const { app, job } = find(actor, appName, name)
      mustBeAble(actor, 'logs.read', app.id)
      return show(app, job)
    },

    /** Throws JOB_INVALID for a schedule that cannot be, JOB_NAME_TAKEN. */
    create(actor: Actor, appName: string, wish: CreateJob): ScheduledJob {
      const app = findApp(actor, appName)
      mustBeAble(actor, 'app.run', app.id)
      const name = JobName.safeParse(wish.name)
      if (!name.success)
        throw new CodedError('JOB_INVALID', { reason: name.error.issues[0]?.message ?? 'its name' })
      mustBeSchedule(wish.schedule, wish.timeZone)
      const at = clock.now().toISOString()
      const job: JobRecord = {
        ...wish,
        id: deps.newId(),
        teamId: app.teamId,
        appId: app.id,
        origin: 'user',
        settledUntil: at,
        createdAt: at,
        changedAt: at,
      }
      transact(() => {
        if (jobs.findByName(actor, app.id, wish.name)) throw new CodedError('JOB_NAME_TAKEN')
        if (jobs.listForAppForPlatform(app.id).length >= MOST_JOBS)
          throw new CodedError('JOB_INVALID', { reason: `An app has ${MOST_JOBS} jobs at most.` })
        jobs.saveForPlatform(job)
        const { name, schedule } = job
        audit.append({ actor, action: 'job.create', target: appName, details: { name, schedule } })
      })
      changed(app, job)
      return show(app, job)
    },

    /** Throws JOB_OF_SOURCE for what only the source can change. A run under way goes on as it began. */
    change(actor: Actor, appName: string, name: string, change: ChangeJob): ScheduledJob {
      const { app, job } = findToChange(actor, appName, name)
      const wished = Object.entries(change).filter(([, value]) => value !== undefined)
      const isOfSource = ([key]: [string, unknown]): boolean =>
        !OF_SOURCE.some((each) => each === key)
      if (job.origin === 'source' && wished.some(isOfSource)) throw new CodedError('JOB_OF_SOURCE')
      const next: JobRecord = {
        ...job,
        schedule: change.schedule ?? job.schedule,
        timeZone: change.timeZone ?? job.timeZone,
        command: change.command ?? job.command,
        overlap: change.overlap ?? job.overlap,
        timeoutMs: change.timeoutMs ?? job.timeoutMs,
        memoryBytes: change.memoryBytes === undefined ? job.memoryBytes : change.memoryBytes,
        runLate: change.runLate ?? job.runLate,
        enabled: change.enabled ?? job.enabled,
        changedAt: clock.now().toISOString(),
      }
      mustBeSchedule(next.schedule, next.timeZone)
      const isOtherTime = next.schedule !== job.schedule || next.timeZone !== job.timeZone
      // Times of another schedule, and those while it was off, were not missed.
      if (isOtherTime || (next.enabled && !job.enabled)) next.settledUntil = next.changedAt
      transact(() => {
        jobs.saveForPlatform(next)
        const details = { name, ...Object.fromEntries(wished.filter(([key]) => key !== 'command')) }
        audit.append({ actor, action: 'job.change', target: appName, details })
      })
      changed(app, next)
      return show(app, next)
    },

    /** With its history; a run under way is stopped. */
    async remove(actor: Actor, appName: string, name: string): Promise<void> {
      const { app, job } = findToChange(actor, appName, name)
      if (job.origin === 'source') throw new CodedError('JOB_OF_SOURCE')
      transact(() => {
        jobs.removeForPlatform(job.id)
        audit.append({ actor, action: 'job.remove', target: appName, details: { name } })
      })
      await Promise.all(
        running.underWayOfJob(job.id).map(({ id }) => running.stop(id, 'its job was removed')),
      )
      runs.removeOfJobForPlatform(job.id)
      changed(app, job)
    },

    /** At once, whatever its schedule says. Throws RUNS_TOO_MANY where it was left out, by its overlap policy too. */
    runNow(actor: Actor, appName: string, name: string): Run {
      const { job } = findToChange(actor, appName, name)
      const run = deps.due.runNow(job, { id: actor.id, name: actor.name })
      const [last] = runs.listOfJobForPlatform(job.id, 1)
      if (!run)
        throw new CodedError('RUNS_TOO_MANY', {
          reason: `${name} was left out: ${last?.reason ?? 'there is no room'}.`,
        })
      const details = { name, number: run.number }
      audit.append({ actor, action: 'job.run', target: appName, details })
      return showRun(run)
    },

    /** Newest first; the last 50 are kept. */
    listRuns(actor: Actor, appName: string, name: string, { cursor, limit }: PageQuery): Page<Run> {
      const { app, job } = find(actor, appName, name)
      mustBeAble(actor, 'logs.read', app.id)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
      if (!Number.isSafeInteger(before)) throw new CodedError('REQUEST_INVALID', { cursor })
      const rows = runs.listPageOfJob(actor, job.id, before, limit + 1)
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        items: rows.slice(0, limit).map(showRun),
        nextCursor: last === undefined ? null : String(last.number),
      }
    },
  }
}
export type JobService = ReturnType<typeof createJobService>
