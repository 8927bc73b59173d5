import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { type RunOrder, type Runs, sayEnding } from '#core/processes/runs.ts'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { JobRecord, JobStore } from '#store/job-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RunRecord } from '#store/run-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  jobs: JobStore
  runs: Runs
  times: CronTimes
  clock: Clock
  transact: Transact
  sayToApp: (appId: string, text: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** A time that lies further back than this has been missed. */
const LATE_MS = 60_000
/** Of those that were missed no more are counted. */
const MOST_COUNTED = 200
/** Somebody has set the clock back: what lies so far ahead was never lived through. */
const AHEAD_MS = 3_600_000
const SCHEDULE = { id: 'schedule', name: 'schedule' }

/** What is due of a job. */
interface Due {
  last: Date
  count: number
}

/** Starts scheduled jobs at their times, and deals with times that have passed meanwhile. */
export function createDueJobs(deps: Deps) {
  const { apps, releases, jobs, runs, times, clock, transact } = deps
  /** Those that were active when we looked last; undefined before the first look. */
  let active: ReadonlySet<string> | undefined

  function dueOf({ schedule, timeZone }: JobRecord, from: Date, now: Date): Due | undefined {
    let due: Due | undefined
    let at = times.next(schedule, timeZone, from)
    while (at && at <= now && (due?.count ?? 0) < MOST_COUNTED) {
      due = { last: at, count: (due?.count ?? 0) + 1 }
      at = times.next(schedule, timeZone, at)
    }
    if (!due || !at || at > now) return due
    // Too many to walk through: only the last one still matters.
    const recent = times.next(schedule, timeZone, new Date(now.getTime() - LATE_MS))
    return recent && recent <= now ? { last: recent, count: due.count + 1 } : due
  }

  /** Where it was switched off, or its app stopped, since we looked last: no time was missed then. */
  const isBack = ({ id }: JobRecord): boolean => active !== undefined && !active.has(id)

  function lookAt(job: JobRecord, now: Date): void {
    const settled = new Date(job.settledUntil)
    if (isBack(job) || settled.getTime() > now.getTime() + AHEAD_MS) {
      jobs.settleForPlatform(job.id, now.toISOString())
      return
    }
    const due = dueOf(job, settled, now)
    if (!due) return
    const isLate = now.getTime() - due.last.getTime() > LATE_MS
    const missed = isLate ? due.count : due.count - 1
    const order = orderOf(job, due.last, SCHEDULE)
    if (!order) return
    const row = transact(() => {
      jobs.settleForPlatform(job.id, now.toISOString())
      if (missed > 0) noteMissed(job, order, missed, settled)
      return isLate && !job.runLate ? undefined : claim(job, order)
    })
    if (row) begin(job, order, row)
  }

  function orderOf(job: JobRecord, dueAt: Date, actor: RunOrder['actor']): RunOrder | undefined {
    const app = apps.findByIdForPlatform(job.appId)
    const release =
      app && app.liveReleaseId !== null ? releases.findForPlatform(app.liveReleaseId) : undefined
    if (!app || !release) return undefined
    const { command, timeoutMs, memoryBytes, id } = job
    return {
      app,
      release,
      kind: 'job',
      command,
      actor,
      timeoutMs,
      memoryBytes: memoryBytes ?? undefined,
      jobId: id,
      dueAt,
    }
  }

  function noteMissed(job: JobRecord, order: RunOrder, count: number, since: Date): void {
    const many = count >= MOST_COUNTED ? `at least ${count} times` : `${count} times`
    const reason = `due ${count === 1 ? 'once' : many} since ${since.toISOString()}, while Vastrox did not run`
    runs.note(order, 'missed', reason)
    deps.sayToApp(job.appId, `job ${job.name} was missed: ${reason}`)
  }

  /** The row of the run, or of why there is none. In the caller's transaction. */
  function claim(job: JobRecord, order: RunOrder): RunRecord | undefined {
    const before = runs.underWayOfJob(job.id)
    if (before.length > 0 && job.overlap === 'skip') {
      runs.note(order, 'skipped', `run ${before[0]?.number ?? ''} has not ended yet`)
      return undefined
    }
    try {
      runs.mustHaveRoom(job.appId)
      return runs.record(order)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      runs.note(order, 'skipped', sayError(error))
      return undefined
    }
  }

  /** Never rejects: what becomes of it is in its row, and a failure in the app's log. */
  function begin(job: JobRecord, order: RunOrder, row: RunRecord): void {
    const before = job.overlap === 'replace' ? runs.underWayOfJob(job.id) : []
    const replaced = Promise.all(
      before
        .filter(({ id }) => id !== row.id)
        .map(({ id }) => runs.stop(id, `run ${row.number} took its place`)),
    )
    runs
      .begin(order, row, { after: replaced })
      .then((ended) => {
        if (ended.state !== 'succeeded')
          deps.sayToApp(job.appId, `job ${job.name}, run ${ended.number}: ${sayEnding(ended)}`)
      })
      .catch((error: unknown) => deps.onProblem(`job ${job.name} broke off`, error))
  }

  return {
    /** Starts what is due by now. Gives the next time at which something is; undefined when nothing will be. */
    run(): Date | undefined {
      const now = clock.now()
      const all = jobs.listActiveForPlatform()
      for (const job of all)
        try {
          lookAt(job, now)
        } catch (error) {
          deps.onProblem(`job ${job.name} could not be started`, error)
        }
      active = new Set(all.map(({ id }) => id))
      const next = all.flatMap(({ schedule, timeZone }) => {
        const at = times.next(schedule, timeZone, now)
        return at ? [at.getTime()] : []
      })
      return next.length === 0 ? undefined : new Date(Math.min(...next))
    },

    /** Now, whatever its schedule says; the overlap policy holds. Undefined where it was left out. */
    runNow(job: JobRecord, actor: RunOrder['actor']): RunRecord | undefined {
      const order = orderOf(job, clock.now(), actor)
      if (!order) throw new CodedError('APP_NOT_DEPLOYED')
      const row = transact(() => claim(job, order))
      if (row) begin(job, order, row)
      return row
    },
  }
}
export type DueJobs = ReturnType<typeof createDueJobs>
