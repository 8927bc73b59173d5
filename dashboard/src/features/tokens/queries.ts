import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiToken, CreatedToken, type CreateToken } from '@vastrox/shared/token.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const tokenList = itemsOf(ApiToken)

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => api.get('/tokens?limit=200', tokenList, { signal }),
})

export function useCreateToken() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateToken) => api.post('/tokens', CreatedToken, input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    // The reply holds a secret: it goes with the page that shows it.
    gcTime: 0,
  })
}

export function useRotateToken() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, graceHours }: { id: string; graceHours: number }) =>
      api.post(`/tokens/${id}/rotate`, CreatedToken, { graceHours }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    gcTime: 0,
  })
}

export function useRevokeToken() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/tokens/${id}`, ignored),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
}
