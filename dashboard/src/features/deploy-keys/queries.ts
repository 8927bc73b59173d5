import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type AddDeployKey, DeployKey } from '@vastrox/shared/ssh-key.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const keyList = itemsOf(DeployKey)

export const deployKeysQuery = (app: string) =>
  queryOptions({
    queryKey: ['deploy-keys', app],
    queryFn: ({ signal }) => api.get(`/apps/${app}/deploy-keys`, keyList, { signal }),
  })

export function useAddDeployKey(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: AddDeployKey) => api.post(`/apps/${app}/deploy-keys`, DeployKey, input),
    onSuccess: () => queryClient.invalidateQueries(deployKeysQuery(app)),
  })
}

export function useRemoveDeployKey(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/apps/${app}/deploy-keys/${id}`, ignored),
    onSuccess: () => queryClient.invalidateQueries(deployKeysQuery(app)),
  })
}
