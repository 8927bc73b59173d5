import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ExposureReport, type FencePort } from '@vastrox/shared/exposure.ts'
import { FirewallChange } from '@vastrox/shared/firewall.ts'
import { HostCare } from '@vastrox/shared/host-care.ts'
import { Node } from '@vastrox/shared/node.ts'
import { Health } from '#features/node/health.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const nodeList = itemsOf(Node)

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: ({ signal }) => api.get('/nodes', nodeList, { signal }),
  refetchInterval: 15_000,
})

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => api.get('/health', Health, { signal }),
  refetchInterval: 30_000,
})

export const exposureQuery = queryOptions({
  queryKey: ['exposure'],
  queryFn: ({ signal }) => api.get('/exposure', ExposureReport, { signal }),
  refetchInterval: 30_000,
})

export const hostCareQuery = queryOptions({
  queryKey: ['host-care'],
  queryFn: ({ signal }) => api.get('/host-care', HostCare, { signal }),
  refetchInterval: 300_000,
})

export function useTestExposure() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => api.post('/exposure/test', ExposureReport),
    onSuccess: (report) => queryClient.setQueryData(exposureQuery.queryKey, report),
  })
}

export function useFence() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (port: FencePort) => api.post('/exposure/fence', FirewallChange, port),
    onSettled: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: exposureQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: ['firewall'] }),
      ])
    },
  })
}
