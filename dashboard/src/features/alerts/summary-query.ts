import { queryOptions } from '@tanstack/react-query'
import { AlertSummary } from '@vastrox/shared/alert-summary.ts'
import { api } from '#lib/api.ts'

/** Events say when; this is for what nobody told. */
const EVERY_MS = 60_000

/** In a file of its own: each page asks it, and few ask for the alerts themselves. */
export const alertSummaryQuery = queryOptions({
  queryKey: ['alerts', 'summary'],
  queryFn: ({ signal }) => api.get('/alert-summary', AlertSummary, { signal }),
  refetchInterval: EVERY_MS,
})
