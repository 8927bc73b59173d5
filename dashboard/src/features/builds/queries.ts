import { queryOptions } from '@tanstack/react-query'
import { BuildPlan, Ejected, ReleaseBuild, StackChoice } from '@vastrox/shared/build-plan.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const stackList = itemsOf(StackChoice)

export const stacksQuery = queryOptions({
  queryKey: ['stacks'],
  queryFn: ({ signal }) => api.get('/stacks', stackList, { signal }),
})

/** What would be built now. It fails as a deployment would, which is worth reading and not asking again. */
export const buildPlanQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'build-plan'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/build-plan`, BuildPlan, { signal }),
    retry: false,
  })

export const releaseBuildQuery = (app: string, release: number) =>
  queryOptions({
    queryKey: ['app', app, 'releases', release, 'build'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/releases/${release}/build`, ReleaseBuild, { signal }),
  })

export const ejectQuery = (app: string, release: number) =>
  queryOptions({
    queryKey: ['app', app, 'releases', release, 'dockerfile'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/releases/${release}/dockerfile`, Ejected, { signal }),
  })
