import { configShape } from '@vastrox/shared/config-shape.ts'
import { ChangeJob, CreateJob, JobName } from '@vastrox/shared/scheduled-job.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import type { JobService } from '#core/scheduled-jobs/job-service.ts'

/** Commands that run at certain times; those that the source says are the source's. */
export const jobsSection = (
  jobs: Pick<JobService, 'list' | 'create' | 'change' | 'remove'>,
): ConfigSection => ({
  name: 'jobs',
  isSingle: false,
  names: JobName,
  shape: configShape(ChangeJob.shape),
  usual: {
    timeZone: 'UTC',
    overlap: 'skip',
    timeoutMs: 3_600_000,
    memoryBytes: null,
    runLate: false,
    enabled: true,
  },
  required: ['schedule', 'command'],
  async read({ actor, app }) {
    return Object.fromEntries(
      jobs
        .list(actor, app)
        .filter(({ origin }) => origin === 'user')
        .map((job) => [job.name, pick(job, ChangeJob.keyof().options)]),
    )
  },
  make: oneByOne({
    create: ({ actor, app }, { name, after }) =>
      jobs.create(actor, app, CreateJob.parse({ ...after, name })),
    change: ({ actor, app }, { name, said }) =>
      jobs.change(actor, app, name, ChangeJob.parse(said)),
    remove: ({ actor, app }, { name }) => jobs.remove(actor, app, name),
  }),
})
