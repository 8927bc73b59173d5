import { queryOptions } from '@tanstack/react-query'

/** True where the platform signs its own certificates, which git and browsers must be told of. */
export const caQuery = queryOptions({
  queryKey: ['ca'],
  queryFn: async ({ signal }) => (await fetch('/api/v1/ca.pem', { method: 'HEAD', signal })).ok,
  staleTime: Number.POSITIVE_INFINITY,
})
