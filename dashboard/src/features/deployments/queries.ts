import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { Deployment, DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'
import { MOST_LINES } from '#lib/use-lines.ts'

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

const logPage = itemsOf(DeploymentLogLine)
const LINES_A_REPLY = 5_000

/** The whole log of a deployment that has ended, or as much of its end as can be shown. */
export const keptLogQuery = (app: string, number: string) =>
  queryOptions({
    queryKey: ['app', app, 'deployment-log', number],
    queryFn: async ({ signal }) => {
      let lines: DeploymentLogLine[] = []
      let next: DeploymentLogLine[]
      do {
        const after = lines.at(-1)?.seq ?? 0
        const path = `/apps/${app}/deployments/${number}/log?after=${after}`
        next = await api.get(path, logPage, { signal })
        lines = [...lines, ...next].slice(-MOST_LINES)
      } while (next.length === LINES_A_REPLY)
      return lines
    },
    // Its end has been written.
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useCancel = (app: string, number: number) =>
  useMutation({
    mutationFn: () => api.post(`/apps/${app}/deployments/${number}/cancel`, ignored),
  })

export const useRedeploy = (app: string) =>
  useMutation({
    mutationFn: () => api.post(`/apps/${app}/deployments`, Deployment),
  })
