import { queryOptions } from '@tanstack/react-query'
import { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const events = itemsOf(AuditEvent)
const EVERY_MS = 30_000

/** The last acts of everybody, for the overview; the Audit page has all of them. */
export const latelyQuery = queryOptions({
  queryKey: ['audit', 'lately'],
  queryFn: ({ signal }) => api.get('/audit-events?limit=50', events, { signal }),
  refetchInterval: EVERY_MS,
})
