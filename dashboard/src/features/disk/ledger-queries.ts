import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { CleanUpPlan, CleanUpResult } from '@vastrox/shared/clean-up.ts'
import { Ledger } from '@vastrox/shared/ledger.ts'
import { api } from '#lib/api.ts'

/** Measuring walks over the whole disk: not asked for again while somebody only looks. */
const STALE_MS = 60_000

export const ledgerQuery = queryOptions({
  queryKey: ['disk', 'ledger'],
  queryFn: ({ signal }) => api.get('/disk', Ledger, { signal }),
  staleTime: STALE_MS,
})

export const cleanUpQuery = queryOptions({
  queryKey: ['disk', 'clean-up'],
  queryFn: ({ signal }) => api.get('/disk/clean-up', CleanUpPlan, { signal }),
  staleTime: STALE_MS,
})

export function useCleanUp() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (plan: string) => api.post('/disk/clean-up', CleanUpResult, { plan }),
    onSettled: () => client.invalidateQueries({ queryKey: ['disk'] }),
  })
}
