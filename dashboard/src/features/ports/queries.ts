import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { AppPort, AppPorts, type CreateAppPort, PortPolicy } from '@vastrox/shared/app-port.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { toast } from '#ui/toast.tsx'

export const portsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'ports'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/ports`, AppPorts, { signal }),
  })

export function useAddPort(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (wish: CreateAppPort) => api.post(`/apps/${app}/ports`, AppPort, wish),
    onSuccess: () => queryClient.invalidateQueries(portsQuery(app)),
  })
}

export function useRemovePort(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.delete(`/apps/${app}/ports/${name}`, z.unknown()),
    onSuccess: async (_, name) => {
      await queryClient.invalidateQueries(portsQuery(app))
      toast.good(
        t('Closed.'),
        t('{name} leads nowhere any more.', { name: name.replace(/-(tcp|udp)$/, '/$1') }),
      )
    },
  })
}

export const portPolicyQuery = queryOptions({
  queryKey: ['port-policy'],
  queryFn: ({ signal }) => api.get('/port-policy', PortPolicy, { signal }),
})

export function useSetPortPolicy() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (wish: PortPolicy) => api.put('/port-policy', PortPolicy, wish),
    onSuccess: (policy) => {
      queryClient.setQueryData(portPolicyQuery.queryKey, policy)
      toast.good(t('Saved.'), t('It counts for what is asked for from now on.'))
    },
    onError: toast.error,
  })
}
