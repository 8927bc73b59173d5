import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChangeFirstRun, FirstRun } from '@vastrox/shared/first-run.ts'
import { api } from '#lib/api.ts'
import { toast } from '#ui/toast.tsx'

/** While something is open it may be done elsewhere: by a push, or at a DNS provider. */
const OPEN_EVERY_MS = 15_000

export const firstRunQuery = queryOptions({
  queryKey: ['first-run'],
  queryFn: ({ signal }) => api.get('/first-run', FirstRun, { signal }),
  refetchInterval: ({ state }) =>
    state.data && !state.data.isComplete && !state.data.isDismissed ? OPEN_EVERY_MS : false,
})

export function useChangeFirstRun() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: ChangeFirstRun) => api.patch('/first-run', FirstRun, change),
    onSuccess: (found) => queryClient.setQueryData(firstRunQuery.queryKey, found),
    onError: toast.error,
  })
}
