import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { AuditEvent, type AuditFilter, AuditVerification } from '@vastrox/shared/audit-event.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'

const auditPage = pageOf(AuditEvent)

/** The filter as a query: what is empty is left out. */
export const queryOf = (filter: AuditFilter): URLSearchParams =>
  new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  )

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', queryOf(filter).toString()],
    queryFn: ({ pageParam, signal }) => {
      const query = queryOf(filter)
      query.set('limit', '50')
      if (pageParam !== '') query.set('cursor', pageParam)
      return api.get(`/audit-events?${query.toString()}`, auditPage, { signal })
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
  })

/** Reads the whole log: asked for by hand. */
export const verificationQuery = queryOptions({
  queryKey: ['audit-verification'],
  queryFn: ({ signal }) => api.get('/audit-events/verification', AuditVerification, { signal }),
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
})
