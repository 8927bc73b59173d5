import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type SetSignInProvider, SignInProvider, SignInProviders } from '@vastrox/shared/sign-in.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

export const providersQuery = queryOptions({
  queryKey: ['sign-in-providers'],
  queryFn: ({ signal }) => api.get('/sign-in-providers', SignInProviders, { signal }),
})

function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(
        [providersQuery.queryKey, ['sign-in-offers']].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
    // What was sent holds a secret.
    gcTime: 0,
  })
}

export const useSetProvider = () =>
  useChange(({ name, wish }: { name: string; wish: SetSignInProvider }) =>
    api.put(`/sign-in-providers/${name}`, SignInProvider, wish),
  )

export const useRemoveProvider = () =>
  useChange((name: string) => api.delete(`/sign-in-providers/${name}`, ignored))

export const useTestProvider = () =>
  useMutation({
    mutationFn: (name: string) => api.post(`/sign-in-providers/${name}/test`, SignInProvider),
  })
