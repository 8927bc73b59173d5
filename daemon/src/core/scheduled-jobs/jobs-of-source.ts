import type { CronJob } from '@vastrox/shared/app-config.ts'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { JobRecord, JobStore } from '#store/job-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RunStore } from '#store/run-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  jobs: JobStore
  runs: RunStore
  times: CronTimes
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  sayToApp: (appId: string, text: string) => void
}

const TIMEOUT_MS = 3_600_000

/**
 * Brings the jobs that a source names in line with the release that is live, after a deployment, a
 * roll back and a way back by the watch. What the user has switched off stays off; jobs that the user
 * made are never touched.
 */
export function createJobsOfSource(deps: Deps) {
  const { apps, releases, jobs, runs, times, clock, transact } = deps

  function save(app: AppRecord, named: CronJob, known: JobRecord | undefined): boolean {
    const at = clock.now().toISOString()
    const timeZone = named.timeZone ?? 'UTC'
    const isSameTime = known?.schedule === named.schedule && known.timeZone === timeZone
    const job: JobRecord = {
      id: known?.id ?? deps.newId(),
      teamId: app.teamId,
      appId: app.id,
      name: named.name,
      origin: 'source',
      schedule: named.schedule,
      timeZone,
      command: named.command,
      overlap: named.overlap,
      timeoutMs: named.timeoutMs ?? TIMEOUT_MS,
      memoryBytes: named.memoryBytes,
      runLate: known?.runLate ?? false,
      enabled: known?.enabled ?? true,
      settledUntil: known && isSameTime ? known.settledUntil : at,
      createdAt: known?.createdAt ?? at,
      changedAt: known?.changedAt ?? at,
    }
    if (known && JSON.stringify(known) === JSON.stringify(job)) return false
    jobs.saveForPlatform({ ...job, changedAt: at })
    return true
  }

  /** True when something is other than before. */
  return function sync(appId: string): boolean {
    const app = apps.findByIdForPlatform(appId)
    if (!app || app.liveReleaseId === null) return false
    const named = releases.findForPlatform(app.liveReleaseId)?.config.cron ?? []
    const known = jobs.listForAppForPlatform(appId)
    const said: string[] = []
    const isChanged = transact(() => {
      let changes = 0
      for (const job of known) {
        if (job.origin === 'user' || named.some(({ name }) => name === job.name)) continue
        jobs.removeForPlatform(job.id)
        runs.removeOfJobForPlatform(job.id)
        changes += 1
      }
      for (const job of named) {
        const before = known.find(({ name }) => name === job.name)
        const wrong = times.check(job.schedule, job.timeZone ?? 'UTC')
        if (wrong !== undefined) said.push(`job ${job.name} of the source does not run: ${wrong}`)
        else if (before?.origin === 'user')
          said.push(`job ${job.name} of the source does not run: one of that name was made here`)
        else if (save(app, job, before)) changes += 1
      }
      return changes > 0
    })
    for (const line of said) deps.sayToApp(appId, line)
    if (isChanged)
      deps.events.emit({ teamId: app.teamId, type: 'jobs.changed', app: app.name, subject: null })
    return isChanged
  }
}
export type JobsOfSource = ReturnType<typeof createJobsOfSource>
