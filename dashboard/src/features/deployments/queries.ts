import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

const deploymentPage = pageOf(Deployment)

export const deploymentsQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'deployments', 'pages'],
    queryFn: ({ pageParam, signal }) =>
      api.get(`/apps/${app}/deployments?limit=25${pageParam}`, deploymentPage, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === null ? undefined : `&cursor=${encodeURIComponent(nextCursor)}`,
  })

/** The last few, for the overview. */
export const lastDeploymentsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'deployments', 'last'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/deployments?limit=5`, deploymentPage, { signal }),
  })

export const deploymentQuery = (app: string, number: string) =>
  queryOptions({
    queryKey: ['app', app, 'deployments', number],
    queryFn: ({ signal }) => api.get(`/apps/${app}/deployments/${number}`, Deployment, { signal }),
  })

export const useCancel = (app: string, number: number) =>
  useMutation({
    mutationFn: () => api.post(`/apps/${app}/deployments/${number}/cancel`, ignored),
  })

export const useRedeploy = (app: string) =>
  useMutation({
    mutationFn: () => api.post(`/apps/${app}/deployments`, Deployment),
  })
