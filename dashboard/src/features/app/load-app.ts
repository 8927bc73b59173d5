import type { QueryClient } from '@tanstack/react-query'
import { appQuery } from '#features/apps/queries.ts'
import { lastDeploymentsQuery } from '#features/deployments/queries.ts'
import { loadAbove } from '#features/overview/load-above.ts'
import { processesQuery } from '#features/processes/queries.ts'
import { releasesQuery } from '#features/releases/queries.ts'

/** What the frame of an app shows; that there is none is said by the page that asked. */
export const loadApp = (queryClient: QueryClient, app: string) =>
  queryClient.ensureQueryData(appQuery(app))

/** All that the overview of an app shows, asked side by side; what fails is asked again, and said, by the page. */
export async function loadOverview(queryClient: QueryClient, app: string): Promise<void> {
  await Promise.all([
    loadAbove(queryClient, app),
    queryClient.prefetchQuery({ ...lastDeploymentsQuery(app), retry: false }),
    queryClient.prefetchQuery({ ...processesQuery(app), retry: false }),
    queryClient.prefetchQuery({ ...releasesQuery(app), retry: false }),
  ])
}
