import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type AddSshKey, SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const keyList = itemsOf(SshKey)

export const sshKeysQuery = queryOptions({
  queryKey: ['ssh-keys'],
  queryFn: ({ signal }) => api.get('/ssh-keys', keyList, { signal }),
})

export const sshQuery = queryOptions({
  queryKey: ['ssh'],
  queryFn: ({ signal }) => api.get('/ssh', SshAccess, { signal }),
})

export function useAddSshKey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: AddSshKey) => api.post('/ssh-keys', SshKey, input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sshKeysQuery.queryKey }),
  })
}

export function useRemoveSshKey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/ssh-keys/${id}`, ignored),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sshKeysQuery.queryKey }),
  })
}
