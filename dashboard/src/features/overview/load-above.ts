import type { QueryClient } from '@tanstack/react-query'
import { firingQuery } from '#features/alerts/queries.ts'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { firstRunQuery } from '#features/first-run/queries.ts'
import { meQuery } from '#features/session/queries.ts'

/** The list of apps, with what stands above it. */
export const loadApps = (queryClient: QueryClient) =>
  Promise.all([queryClient.ensureQueryData(appsQuery), loadAbove(queryClient)])

/**
 * What stands above a page only sometimes is known before the page is shown, so that nothing moves
 * when it comes. What cannot be read holds no page up, and nothing is asked that somebody may not see.
 */
export async function loadAbove(queryClient: QueryClient, app?: string): Promise<void> {
  const me = queryClient.getQueryData(meQuery.queryKey)
  if (!me) return
  const mayAlerts = [...me.permissions, ...(me.grants[app ?? ''] ?? [])].includes('alert.read')
  const isFirstPage = app === undefined
  const mayFirstRun = isFirstPage && me.role !== 'guest'
  await Promise.allSettled([
    mayAlerts && queryClient.prefetchQuery({ ...firingQuery(app), retry: false }),
    mayAlerts && import('#features/alerts/wrong-now.tsx'),
    mayAlerts && isFirstPage && queryClient.prefetchQuery({ ...alertSummaryQuery, retry: false }),
    mayFirstRun && queryClient.prefetchQuery({ ...firstRunQuery, retry: false }),
    mayFirstRun && import('#features/first-run/first-run-card.tsx'),
  ])
}
