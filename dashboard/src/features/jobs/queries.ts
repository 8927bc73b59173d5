import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { Run, RunLogLine } from '@vastrox/shared/run.ts'
import { type ChangeJob, type CreateJob, ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const jobList = itemsOf(ScheduledJob)
const runList = itemsOf(Run)
const logLines = itemsOf(RunLogLine)

export const jobsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'jobs'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/jobs`, jobList, { signal }),
  })

/** Beneath the key of the jobs: an event of a job reads its history again too. */
export const jobRunsQuery = (app: string, job: string) =>
  queryOptions({
    queryKey: ['app', app, 'jobs', job, 'runs'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/jobs/${job}/runs`, runList, { signal }),
  })

export const runLogQuery = (app: string, number: number) =>
  queryOptions({
    queryKey: ['app', app, 'runs', number, 'log'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/runs/${number}/log`, logLines, { signal }),
  })

/** What changes a job: afterwards the list is read again. */
function useJobChange<Input>(app: string, mutationFn: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: jobsQuery(app).queryKey }),
  })
}

export const useCreateJob = (app: string) =>
  useJobChange(app, (wish: CreateJob) => api.post(`/apps/${app}/jobs`, ScheduledJob, wish))

export const useChangeJob = (app: string, job: string) =>
  useJobChange(app, (change: ChangeJob) =>
    api.patch(`/apps/${app}/jobs/${job}`, ScheduledJob, change),
  )

export const useRunJob = (app: string, job: string) =>
  useJobChange(app, () => api.post(`/apps/${app}/jobs/${job}/run`, Run))

export const useRemoveJob = (app: string, job: string) =>
  useJobChange(app, () => api.delete(`/apps/${app}/jobs/${job}`, ignored))
